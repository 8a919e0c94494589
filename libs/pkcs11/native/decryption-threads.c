/*
 * Threads that do C_DecryptInit and C_Decrypt of a PKCS#11 module in one step. With the binding a session rests between the end
 * of an operation and the next turn of the event loop, which computes C_DecryptInit besides; here the next operation of a
 * session lies ready when one ends, so that no processor waits for JavaScript. All other calls of the module are the binding's:
 * it initialises and finalises it, logs in, and opens the sessions.
 *
 * Bytes are copied on their way in and out, and overwritten: no thread touches the memory of JavaScript.
 */
#define _GNU_SOURCE
#include "cryptoki.h"

#define NAPI_VERSION 8
#include <node_api.h>

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* An RSA modulus of 16,384 bits; libs/pkcs11/src/module/decryption-threads.ts says the same. */
enum { most_bytes = 2048, most_threads = 1024, most_path = 4096 };
/* So many answers leave together, where operations are as short as this. */
enum { most_together = 8, short_microseconds = 5000 };

struct operation {
  struct operation *next;
  uint32_t id;
  CK_SESSION_HANDLE session;
  CK_OBJECT_HANDLE key;
  CK_MECHANISM_TYPE mechanism;
  CK_ULONG input_length, output_length;
  /* Whether C_Decrypt was called, and what the last call answered. */
  bool begun;
  CK_RV code;
  uint32_t microseconds;
  CK_BYTE input[most_bytes], output[most_bytes];
};

struct list {
  struct operation *first, *last;
};

/* Of a thread. */
struct work {
  bool runs;
  uint32_t id;
  CK_SESSION_HANDLE session;
  struct timespec began;
};

struct threads {
  CK_FUNCTION_LIST_PTR module;
  int most, niceness;
  napi_threadsafe_function announce;

  /* What the lock is for. */
  pthread_mutex_t lock;
  pthread_cond_t arrived, announcement_over;
  struct list waiting, ended;
  /* What each thread does. */
  struct work works[most_threads];
  int started, resting, woken, announcing;
  /* Operations that have ended and are not given out, and whether JavaScript has been told of them. */
  int gathered;
  bool announced, closed;

  /* What JavaScript's thread alone uses. */
  struct list taken, unused;
  uint32_t outstanding;
};

/* Before the bytes of each answer, whose length is filled up to a multiple of 8. */
struct answer_head {
  uint32_t id, begun;
  uint64_t code;
  uint32_t microseconds, length;
};

static void append(struct list *list, struct operation *operation) {
  operation->next = NULL;
  if (list->last == NULL) list->first = operation;
  else list->last->next = operation;
  list->last = operation;
}

static struct operation *take(struct list *list, struct operation *before, struct operation *operation) {
  if (before == NULL) list->first = operation->next;
  else before->next = operation->next;
  if (list->last == operation) list->last = before;
  return operation;
}

static struct operation *take_first(struct list *list) {
  return list->first == NULL ? NULL : take(list, NULL, list->first);
}

static bool is_busy(const struct threads *threads, CK_SESSION_HANDLE session) {
  for (int at = 0; at < threads->started; at++)
    if (threads->works[at].runs && threads->works[at].session == session) return true;
  return false;
}

/* The first whose session is free: operations of one session keep their order. */
static struct operation *take_next(struct threads *threads) {
  struct operation *before = NULL;
  for (struct operation *at = threads->waiting.first; at != NULL; before = at, at = at->next)
    if (!is_busy(threads, at->session)) return take(&threads->waiting, before, at);
  return NULL;
}

static uint32_t microseconds_since(const struct timespec *began) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t elapsed = (now.tv_sec - began->tv_sec) * 1000000LL + (now.tv_nsec - began->tv_nsec) / 1000;
  return elapsed > UINT32_MAX ? UINT32_MAX : (uint32_t)elapsed;
}

static void decrypt(CK_FUNCTION_LIST_PTR module, struct operation *operation, const struct timespec *began) {
  CK_MECHANISM mechanism = {operation->mechanism, NULL, 0};
  /* A raw RSA operation answers as much as it is given. */
  CK_ULONG length = operation->input_length;
  operation->output_length = 0;
  operation->begun = false;
  operation->code = module->C_DecryptInit(operation->session, &mechanism, operation->key);
  if (operation->code == CKR_OK) {
    operation->begun = true;
    operation->code =
        module->C_Decrypt(operation->session, operation->input, operation->input_length, operation->output, &length);
    if (operation->code == CKR_OK) operation->output_length = length < most_bytes ? length : most_bytes;
  }
  operation->microseconds = microseconds_since(began);
  explicit_bzero(operation->input, operation->input_length);
}

/* Called with the lock, which is given back meanwhile. */
static void announce_ended(struct threads *threads) {
  threads->announced = true;
  threads->announcing++;
  pthread_mutex_unlock(&threads->lock);
  napi_call_threadsafe_function(threads->announce, NULL, napi_tsfn_nonblocking);
  pthread_mutex_lock(&threads->lock);
  if (--threads->announcing == 0) pthread_cond_signal(&threads->announcement_over);
}

static void begin_work(struct work *work, const struct operation *operation) {
  work->runs = true;
  work->id = operation->id;
  work->session = operation->session;
  clock_gettime(CLOCK_MONOTONIC, &work->began);
}

/* The event loop goes first, and what computes does not push it aside when it wakes; where that is not allowed, all are alike. */
static void give_way(int niceness) {
  const struct sched_param none = {0};
  setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), getpriority(PRIO_PROCESS, 0) + niceness);
  pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}

struct start {
  struct threads *threads;
  int number;
};

static void *run(void *argument) {
  struct start *start = argument;
  struct threads *threads = start->threads;
  struct work *work = &threads->works[start->number];
  uint32_t last_microseconds = 0;
  free(start);
  give_way(threads->niceness);
  pthread_mutex_lock(&threads->lock);
  for (;;) {
    struct operation *operation = take_next(threads);
    /*
     * One turn of the event loop costs as much for many answers as for one: they wait for each other while there is something to
     * do that takes a moment.
     */
    const int enough = operation == NULL || last_microseconds > short_microseconds ? 1 : most_together;
    if (threads->gathered >= enough && !threads->announced && !threads->closed) {
      if (operation != NULL) begin_work(work, operation);
      announce_ended(threads);
      if (operation == NULL) continue;
    }
    if (operation == NULL) {
      threads->resting++;
      pthread_cond_wait(&threads->arrived, &threads->lock);
      threads->resting--;
      if (threads->woken > 0) threads->woken--;
      continue;
    }
    begin_work(work, operation);
    pthread_mutex_unlock(&threads->lock);
    decrypt(threads->module, operation, &work->began);
    pthread_mutex_lock(&threads->lock);
    last_microseconds = operation->microseconds;
    work->runs = false;
    append(&threads->ended, operation);
    threads->gathered++;
  }
  return NULL;
}

static bool start_thread(struct threads *threads) {
  struct start *start = malloc(sizeof *start);
  pthread_t thread;
  if (start == NULL) return false;
  *start = (struct start){threads, threads->started};
  if (pthread_create(&thread, NULL, run, start) != 0) {
    free(start);
    return false;
  }
  pthread_detach(thread);
  threads->started++;
  return true;
}

/* As many answers as there is room for. */
static size_t give_out(struct threads *threads, uint8_t *to, size_t room) {
  size_t used = 0;
  for (struct operation *operation; (operation = threads->taken.first) != NULL;) {
    const size_t needed = sizeof(struct answer_head) + (operation->output_length + 7) / 8 * 8;
    if (used + needed > room) break;
    const struct answer_head head = {operation->id, operation->begun, operation->code, operation->microseconds,
                                     (uint32_t)operation->output_length};
    memcpy(to + used, &head, sizeof head);
    memcpy(to + used + sizeof head, operation->output, operation->output_length);
    explicit_bzero(operation->output, most_bytes);
    append(&threads->unused, take_first(&threads->taken));
    threads->outstanding--;
    used += needed;
  }
  return used;
}

static void take_ended(struct threads *threads) {
  pthread_mutex_lock(&threads->lock);
  threads->announced = false;
  threads->gathered = 0;
  threads->taken = threads->ended;
  threads->ended = (struct list){NULL, NULL};
  pthread_mutex_unlock(&threads->lock);
}

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

static void close_threads(void *argument) {
  struct threads *threads = argument;
  pthread_mutex_lock(&threads->lock);
  threads->closed = true;
  while (threads->announcing > 0) pthread_cond_wait(&threads->announcement_over, &threads->lock);
  pthread_mutex_unlock(&threads->lock);
}

/* What `open` has loaded last, for the binding. */
static CK_FUNCTION_LIST_PTR opened;

/* The binding loads this file as its module, and so has the very functions that the threads call. */
__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  if (list == NULL) return CKR_ARGUMENTS_BAD;
  *list = opened;
  return opened == NULL ? CKR_GENERAL_ERROR : CKR_OK;
}

/* open(modulePath): the functions of a module. Some modules make another instance of themselves whenever they are asked for them. */
static napi_value open_module(napi_env env, napi_callback_info info) {
  napi_value path_value, external;
  size_t count = 1, length;
  char path[most_path];
  if (napi_get_cb_info(env, info, &count, &path_value, NULL, NULL) != napi_ok || count != 1 ||
      napi_get_value_string_utf8(env, path_value, path, sizeof path, &length) != napi_ok)
    return fail(env, "wrong arguments");
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL) return fail(env, dlerror());
  CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR) = NULL;
  *(void **)&get = dlsym(library, "C_GetFunctionList");
  if (get == NULL) return fail(env, dlerror());
  if (get(&opened) != CKR_OK) return fail(env, "C_GetFunctionList answers no functions");
  if (napi_create_external(env, opened, NULL, NULL, &external) != napi_ok) return fail(env, "there is no memory left");
  return external;
}

/* create(functions, ended, mostThreads, niceness): threads, which end with the process; `ended` is called when there are answers. */
static napi_value create(napi_env env, napi_callback_info info) {
  napi_value arguments[4], name, external;
  size_t count = 4;
  struct threads *threads = calloc(1, sizeof *threads);
  if (threads == NULL) return fail(env, "there is no memory left");
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count != 4 ||
      napi_get_value_external(env, arguments[0], (void **)&threads->module) != napi_ok ||
      napi_get_value_int32(env, arguments[2], &threads->most) != napi_ok || threads->most < 1 ||
      threads->most > most_threads || napi_get_value_int32(env, arguments[3], &threads->niceness) != napi_ok)
    return fail(env, "wrong arguments");
  pthread_mutexattr_t spins_first;
  pthread_mutexattr_init(&spins_first);
  pthread_mutexattr_settype(&spins_first, PTHREAD_MUTEX_ADAPTIVE_NP);
  pthread_mutex_init(&threads->lock, &spins_first);
  pthread_cond_init(&threads->arrived, NULL);
  pthread_cond_init(&threads->announcement_over, NULL);
  if (napi_create_string_utf8(env, "decryption threads", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(env, arguments[1], NULL, name, 0, 1, NULL, NULL, NULL, NULL,
                                      &threads->announce) != napi_ok ||
      napi_unref_threadsafe_function(env, threads->announce) != napi_ok ||
      napi_add_env_cleanup_hook(env, close_threads, threads) != napi_ok ||
      napi_create_external(env, threads, NULL, NULL, &external) != napi_ok)
    return fail(env, "no callback can be made");
  return external;
}

static bool handle_of(napi_env env, napi_value value, CK_ULONG *handle) {
  void *bytes;
  size_t length;
  if (napi_get_buffer_info(env, value, &bytes, &length) != napi_ok || length != sizeof *handle) return false;
  memcpy(handle, bytes, length);
  return true;
}

/* For an operation that could run. */
static void wake_or_start(struct threads *threads) {
  if (threads->resting > threads->woken) {
    threads->woken++;
    pthread_cond_signal(&threads->arrived);
  } else if (threads->started < threads->most) {
    start_thread(threads);
  }
}

/* begin(threads, id, session, key, mechanism, input) */
static napi_value begin(napi_env env, napi_callback_info info) {
  napi_value arguments[6];
  size_t count = 6, length;
  struct threads *threads;
  void *input;
  uint32_t id, mechanism;
  CK_ULONG session, key;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count != 6 ||
      napi_get_value_external(env, arguments[0], (void **)&threads) != napi_ok ||
      napi_get_value_uint32(env, arguments[1], &id) != napi_ok || !handle_of(env, arguments[2], &session) ||
      !handle_of(env, arguments[3], &key) || napi_get_value_uint32(env, arguments[4], &mechanism) != napi_ok ||
      napi_get_buffer_info(env, arguments[5], &input, &length) != napi_ok || length > most_bytes)
    return fail(env, "wrong arguments");
  struct operation *operation = take_first(&threads->unused);
  if (operation == NULL) operation = calloc(1, sizeof *operation);
  if (operation == NULL) return fail(env, "there is no memory left");
  operation->id = id;
  operation->session = session;
  operation->key = key;
  operation->mechanism = mechanism;
  operation->input_length = length;
  memcpy(operation->input, input, length);
  pthread_mutex_lock(&threads->lock);
  const bool is_first = threads->started == 0 && start_thread(threads);
  const bool is_taken = threads->started > 0;
  if (is_taken) append(&threads->waiting, operation);
  if (is_taken && !is_first && !is_busy(threads, session)) wake_or_start(threads);
  pthread_mutex_unlock(&threads->lock);
  if (!is_taken) {
    explicit_bzero(operation->input, operation->input_length);
    append(&threads->unused, operation);
    return fail(env, "no thread can be started");
  }
  /* The event loop stays while there is something to answer. */
  if (threads->outstanding++ == 0) napi_ref_threadsafe_function(env, threads->announce);
  return NULL;
}

/* elapsed(threads, id): for how many milliseconds the operation has been running; 0 when it has not begun. */
static napi_value elapsed(napi_env env, napi_callback_info info) {
  napi_value arguments[2], milliseconds;
  size_t count = 2;
  struct threads *threads;
  uint32_t id, microseconds = 0;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count != 2 ||
      napi_get_value_external(env, arguments[0], (void **)&threads) != napi_ok ||
      napi_get_value_uint32(env, arguments[1], &id) != napi_ok)
    return fail(env, "wrong arguments");
  pthread_mutex_lock(&threads->lock);
  for (int at = 0; at < threads->started; at++) {
    const struct work *work = &threads->works[at];
    if (work->runs && work->id == id) microseconds = microseconds_since(&work->began);
  }
  pthread_mutex_unlock(&threads->lock);
  return napi_create_double(env, microseconds / 1000.0, &milliseconds) == napi_ok ? milliseconds : NULL;
}

/* collect(threads, answers): puts as many answers there as there is room for; how many bytes these are, 0 when none is left. */
static napi_value collect(napi_env env, napi_callback_info info) {
  napi_value arguments[2], used;
  size_t count = 2, room;
  struct threads *threads;
  void *memory;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count != 2 ||
      napi_get_value_external(env, arguments[0], (void **)&threads) != napi_ok ||
      napi_get_buffer_info(env, arguments[1], &memory, &room) != napi_ok)
    return fail(env, "wrong arguments");
  if (threads->taken.first == NULL) take_ended(threads);
  const bool any = threads->taken.first != NULL;
  const size_t bytes = give_out(threads, memory, room);
  if (any && threads->outstanding == 0) napi_unref_threadsafe_function(env, threads->announce);
  return napi_create_uint32(env, (uint32_t)bytes, &used) == napi_ok ? used : NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"open", NULL, open_module, NULL, NULL, NULL, napi_enumerable, NULL},
      {"create", NULL, create, NULL, NULL, NULL, napi_enumerable, NULL},
      {"elapsed", NULL, elapsed, NULL, NULL, NULL, napi_enumerable, NULL},
      {"collect", NULL, collect, NULL, NULL, NULL, napi_enumerable, NULL},
      {"begin", NULL, begin, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
