/* Prints the risk, as it is and as it changes: topic, then the payload, which a JSON library
   of your choice takes apart. cc -o follow follow.c -lzmq; ./follow [ENDPOINT] */
#include <stdio.h>
#include <zmq.h>

int main(int argc, char** argv) {
  void* sub = zmq_socket(zmq_ctx_new(), ZMQ_SUB);
  if (zmq_connect(sub, argc > 1 ? argv[1] : "tcp://127.0.0.1:5556") != 0)
    return 1;
  zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "risk.", 5); /* risk.<strategy>.<pair>.<timeframe> */
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  while (zmq_msg_recv(&frame, sub, 0) >= 0) {
    fwrite(zmq_msg_data(&frame), 1, zmq_msg_size(&frame), stdout);
    putchar(zmq_msg_more(&frame) ? ' ' : '\n');
    fflush(stdout);
  }
  return 1;
}
