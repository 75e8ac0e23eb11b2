/* Says how the breakers are, as JSON. cc -o control control.c -lzmq; ./control [ENDPOINT] */
#include <stdio.h>
#include <zmq.h>

int main(int argc, char** argv) {
  void* req = zmq_socket(zmq_ctx_new(), ZMQ_REQ);
  int limit = 5000; /* no daemon: an error after 5 s, not for ever */
  zmq_setsockopt(req, ZMQ_RCVTIMEO, &limit, sizeof limit);
  if (zmq_connect(req, argc > 1 ? argv[1] : "tcp://127.0.0.1:5557") != 0)
    return 1;
  zmq_send(req, "{\"cmd\":\"status\"}", 16, 0);
  zmq_msg_t reply;
  zmq_msg_init(&reply);
  if (zmq_msg_recv(&reply, req, 0) < 0)
    return 1;
  printf("%.*s\n", (int) zmq_msg_size(&reply), (const char*) zmq_msg_data(&reply));
  return 0;
}
