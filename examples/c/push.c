/* Pushes the newest closed 5m candle. cc -o push push.c -lzmq; ./push [ENDPOINT] */
#include <stdio.h>
#include <time.h>
#include <zmq.h>

int main(int argc, char** argv) {
  void* context = zmq_ctx_new();
  void* push = zmq_socket(context, ZMQ_PUSH);
  int limit = 5000; /* no daemon: ends after 5 s all the same */
  zmq_setsockopt(push, ZMQ_LINGER, &limit, sizeof limit);
  if (zmq_connect(push, argc > 1 ? argv[1] : "tcp://127.0.0.1:5555") != 0)
    return 1;
  char text[256];
  long long opened = time(NULL) / 300 * 300000LL - 300000; /* its OPEN time, in ms */
  int size = snprintf(text, sizeof text,
                      "{\"pair\":\"BTC/USDT\",\"timeframe\":\"5m\",\"time\":%lld,\"open\":65000.1,"
                      "\"high\":65100,\"low\":64900,\"close\":65050.5,\"volume\":12.3}", opened);
  int sent = zmq_send(push, text, (size_t) size, 0);
  zmq_close(push);
  zmq_ctx_term(context); /* waits until it is on its way */
  return sent == size ? 0 : 1;
}
