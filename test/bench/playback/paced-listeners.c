/*
 * Many listeners who take what they hear: each one connection, one open range, and then so many bytes a second out of a
 * small receive buffer, as a player does that has fetched enough ahead.
 *
 *   paced-listeners PORT COUNT BYTES_PER_SECOND RAMP_SECONDS plain|tls   <   HEADER_FIELD, PATH...
 *
 * The first line of standard input is a header field that all requests have, each other line a path that is asked for in
 * turn. Answers a line each second until it is ended:
 *
 *   listening failures bytes gaps     (gaps: times that a listener had nothing left to hear)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* With the segments of the loopback the kernel would take megabytes for each listener before anything is held for it. */
enum { segment = 1448, receive_buffer = 16384, most_paths = 10000, line_bytes = 4096, slots = 100, heard_late_seconds = 2 };

enum state { waiting, shaking, asked, listening, failed };

struct listener {
  int socket;
  SSL *tls;
  enum state state;
  double since;
  long taken;
  int hears_nothing;
};

static char field[line_bytes], *paths[most_paths];
static long failures, bytes, gaps;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(struct listener *one, const char *why) {
  if (failures++ < 5) fprintf(stderr, "paced-listeners: %s\n", why);
  if (one->tls != NULL) SSL_free(one->tls);
  close(one->socket);
  one->state = failed;
}

/* Bytes, 0 where there are none now, -1 at the end and after a failure. */
static long take(struct listener *one, char *into, size_t most) {
  if (one->tls == NULL) {
    ssize_t count = recv(one->socket, into, most, 0);
    if (count > 0) return count;
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
  }
  int count = SSL_read(one->tls, into, (int)most);
  if (count > 0) return count;
  int error = SSL_get_error(one->tls, count);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static void ask(struct listener *one, const char *path) {
  char request[2 * line_bytes];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\nRange: bytes=0-\r\n\r\n", path, field);
  long sent = one->tls == NULL ? send(one->socket, request, (size_t)length, MSG_NOSIGNAL) : SSL_write(one->tls, request, length);
  if (sent != length) return fail(one, "a request could not be sent");
  one->state = asked;
}

static void begin(struct listener *one, int port, SSL_CTX *tls) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int size = receive_buffer;
  one->socket = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(one->socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  int longest = segment;
  setsockopt(one->socket, IPPROTO_TCP, TCP_MAXSEG, &longest, sizeof longest);
  if (connect(one->socket, (struct sockaddr *)&address, sizeof address) != 0) return fail(one, "no connection");
  fcntl(one->socket, F_SETFL, fcntl(one->socket, F_GETFL) | O_NONBLOCK);
  one->state = shaking;
  if (tls == NULL) return;
  one->tls = SSL_new(tls);
  SSL_set_fd(one->tls, one->socket);
}

static void shake(struct listener *one, const char *path) {
  if (one->tls == NULL) return ask(one, path);
  int done = SSL_connect(one->tls);
  if (done == 1) return ask(one, path);
  int error = SSL_get_error(one->tls, done);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) fail(one, "no TLS");
}

/* Takes what has been heard since, and what a player keeps ahead. */
static void listen_on(struct listener *one, double time, long rate) {
  char into[16384] = "";
  if (one->state == asked) {
    /* The head, and as much of the body as came with it; the pace begins here. */
    long count = take(one, into, 1024);
    if (count == 0) return;
    if (count < 0) return fail(one, "no answer");
    if (count < 12 || memcmp(into, "HTTP/1.1 206", 12) != 0) {
      into[strcspn(into, "\r")] = 0;
      return fail(one, into);
    }
    one->state = listening;
    one->since = time;
    return;
  }
  long heard = (long)((time - one->since) * (double)rate);
  while (one->taken < heard + heard_late_seconds * rate) {
    long left = heard + heard_late_seconds * rate - one->taken;
    long count = take(one, into, left < (long)sizeof into ? (size_t)left : sizeof into);
    if (count < 0) return fail(one, "the answer ended");
    if (count == 0) break;
    one->taken += count;
    bytes += count;
  }
  int nothing = one->taken < heard;
  if (nothing && !one->hears_nothing) gaps++;
  one->hears_nothing = nothing;
}

static int read_paths(void) {
  int count = 0;
  char line[line_bytes];
  if (fgets(field, sizeof field, stdin) == NULL) return 0;
  field[strcspn(field, "\n")] = 0;
  while (count < most_paths && fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = 0;
    paths[count++] = strdup(line);
  }
  return count;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int port = atoi(argv[1]), count = atoi(argv[2]);
  long rate = atol(argv[3]);
  double ramp = atof(argv[4]);
  SSL_CTX *tls = NULL;
  if (strcmp(argv[5], "tls") == 0) {
    tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    /* Whatever is in the buffer of a connection would be taken before its time. */
    SSL_CTX_set_read_ahead(tls, 0);
  }
  int path_count = read_paths();
  struct listener *listeners = calloc((size_t)count, sizeof *listeners);
  if (path_count == 0 || listeners == NULL) return 2;
  double start = now();
  for (long tick = 1;; tick++) {
    double time = now(), due = start + (double)tick / slots;
    long hear = 0;
    for (int index = 0; index < count; index++) {
      struct listener *one = &listeners[index];
      const char *path = paths[index % path_count];
      if (one->state == waiting && time >= start + ramp * index / count) begin(one, port, tls);
      if (one->state == shaking) shake(one, path);
      int is_turn = index % slots == tick % slots || one->state == asked;
      if (is_turn && (one->state == asked || one->state == listening)) listen_on(one, time, rate);
      if (one->state == listening) hear++;
    }
    if (tick % slots == 0) {
      printf("%ld %ld %ld %ld\n", hear, failures, bytes, gaps);
      if (fflush(stdout) != 0) return 0;
    }
    double rest = due - now();
    if (rest > 0) {
      struct timespec pause = {(time_t)rest, (long)((rest - (double)(time_t)rest) * 1e9)};
      nanosleep(&pause, NULL);
    }
  }
}
