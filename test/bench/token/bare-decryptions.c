/*
 * What a PKCS#11 module can do with nothing around it: C_DecryptInit and C_Decrypt with CKM_RSA_X_509, in as many threads as
 * sessions. With `apart` the module is in another process, which gets each block over a socket and answers it there: the least
 * that a process of its own costs. Reads lines of standard input and answers each with one:
 *
 *   COUNT THREADS CKA_ID(hex)   ->   decryptions a second, CPU microseconds each, of both processes
 */
#include "../../../libs/pkcs11/native/cryptoki.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* So many blocks are on their way for each thread, as the callers of a vault are more than its sessions. */
enum { most_threads = 64, most_slots = 64, most_bytes = 1024, blocks_per_thread = 4 };

static CK_FUNCTION_LIST_PTR module;
static CK_SESSION_HANDLE sessions[most_threads];
static CK_OBJECT_HANDLE key;
static CK_ULONG modulus_bytes;
static atomic_long left;
/* To the other process. */
static int channel;

struct work {
  long count;
  int threads;
  char id[128];
};

static void require(CK_RV code, const char *call) {
  if (code == CKR_OK) return;
  fprintf(stderr, "%s answers 0x%lx\n", call, code);
  exit(1);
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Some number below the modulus, another one each time: modules may remember the last. */
static void fill(CK_BYTE *block, CK_ULONG bytes, unsigned *seed) {
  for (CK_ULONG at = 0; at < bytes; at++) block[at] = at == 0 ? 0 : (CK_BYTE)rand_r(seed);
}

static CK_ULONG decrypt(CK_SESSION_HANDLE session, CK_BYTE *block, CK_BYTE *message) {
  CK_MECHANISM mechanism = {CKM_RSA_X_509, NULL, 0};
  CK_ULONG length = most_bytes;
  require(module->C_DecryptInit(session, &mechanism, key), "C_DecryptInit");
  require(module->C_Decrypt(session, block, modulus_bytes, message, &length), "C_Decrypt");
  return length;
}

static void *decrypt_own(void *argument) {
  CK_SESSION_HANDLE session = *(CK_SESSION_HANDLE *)argument;
  CK_BYTE block[most_bytes], message[most_bytes];
  unsigned seed = (unsigned)session;
  while (atomic_fetch_sub(&left, 1) > 0) {
    fill(block, modulus_bytes, &seed);
    decrypt(session, block, message);
  }
  return NULL;
}

/* Until a packet comes that is no block. */
static void *decrypt_received(void *argument) {
  CK_SESSION_HANDLE session = *(CK_SESSION_HANDLE *)argument;
  CK_BYTE block[most_bytes], message[most_bytes];
  while (recv(channel, block, sizeof block, 0) == (ssize_t)modulus_bytes)
    if (send(channel, message, decrypt(session, block, message), 0) < 0) exit(1);
  return NULL;
}

static double run_threads(int threads, void *(*work)(void *)) {
  pthread_t running[most_threads];
  const double used = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (int at = 0; at < threads; at++) pthread_create(&running[at], NULL, work, &sessions[at]);
  for (int at = 0; at < threads; at++) pthread_join(running[at], NULL);
  return seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
}

static CK_SLOT_ID slot_of(const char *label) {
  CK_SLOT_ID slots[most_slots];
  CK_ULONG count = most_slots;
  require(module->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList");
  for (CK_ULONG at = 0; at < count; at++) {
    CK_TOKEN_INFO info;
    const size_t length = strlen(label);
    if (module->C_GetTokenInfo(slots[at], &info) != CKR_OK || length > sizeof info.label) continue;
    if (memcmp(info.label, label, length) == 0 && (length == sizeof info.label || info.label[length] <= ' '))
      return slots[at];
  }
  fprintf(stderr, "no slot holds the token\n");
  exit(1);
}

static void find(const char *hexadecimal) {
  CK_BYTE id[64], modulus[most_bytes];
  CK_ULONG length = strlen(hexadecimal) / 2, found = 0;
  for (CK_ULONG at = 0; at < length && at < sizeof id; at++) {
    unsigned byte = 0;
    sscanf(hexadecimal + 2 * at, "%2x", &byte);
    id[at] = (CK_BYTE)byte;
  }
  CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof class}, {CKA_ID, id, length}};
  require(module->C_FindObjectsInit(sessions[0], wanted, 2), "C_FindObjectsInit");
  require(module->C_FindObjects(sessions[0], &key, 1, &found), "C_FindObjects");
  require(module->C_FindObjectsFinal(sessions[0]), "C_FindObjectsFinal");
  require(found == 1 ? CKR_OK : CKR_KEY_HANDLE_INVALID, "the search for the key");
  CK_ATTRIBUTE size = {CKA_MODULUS, modulus, sizeof modulus};
  require(module->C_GetAttributeValue(sessions[0], key, &size, 1), "C_GetAttributeValue");
  modulus_bytes = size.ulValueLen;
}

static void open_token(char **arguments) {
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR) = NULL;
  if (library != NULL) *(void **)&get = dlsym(library, "C_GetFunctionList");
  require(get == NULL ? CKR_GENERAL_ERROR : get(&module), "C_GetFunctionList");
  CK_C_INITIALIZE_ARGS locking = {.flags = CKF_OS_LOCKING_OK};
  require(module->C_Initialize(&locking), "C_Initialize");
  const CK_SLOT_ID slot = slot_of(arguments[2]);
  for (int at = 0; at < most_threads; at++)
    require(module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &sessions[at]), "C_OpenSession");
  require(module->C_Login(sessions[0], CKU_USER, (CK_UTF8CHAR_PTR)arguments[3], strlen(arguments[3])), "C_Login");
}

/* The process of the module: says how long a block is, decrypts what comes, says what processor time that took. */
static void serve(char **arguments) {
  struct work work;
  open_token(arguments);
  while (recv(channel, &work, sizeof work, 0) == sizeof work) {
    find(work.id);
    send(channel, &modulus_bytes, sizeof modulus_bytes, 0);
    const double used = run_threads(work.threads, decrypt_received);
    send(channel, &used, sizeof used, 0);
  }
  exit(0);
}

/* The process without the module. Returns processor seconds, of both. */
static double ask(const struct work *work) {
  CK_BYTE block[most_bytes], message[most_bytes];
  unsigned seed = 1;
  double theirs = 0;
  if (send(channel, work, sizeof *work, 0) < 0 || recv(channel, &modulus_bytes, sizeof modulus_bytes, 0) <= 0) exit(1);
  const double used = seconds(CLOCK_PROCESS_CPUTIME_ID);
  long sent = 0;
  for (long answered = 0; answered < work->count; answered++) {
    for (; sent < work->count && sent < answered + blocks_per_thread * work->threads; sent++) {
      fill(block, modulus_bytes, &seed);
      if (send(channel, block, modulus_bytes, 0) < 0) exit(1);
    }
    if (recv(channel, message, sizeof message, 0) <= 0) exit(1);
  }
  for (int at = 0; at < work->threads; at++) send(channel, "", 1, 0);
  if (recv(channel, &theirs, sizeof theirs, 0) <= 0) exit(1);
  return seconds(CLOCK_PROCESS_CPUTIME_ID) - used + theirs;
}

/* Before the module is loaded: no module bears a fork. */
static void divide(char **arguments) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) exit(1);
  const pid_t child = fork();
  if (child < 0) exit(1);
  channel = ends[child == 0];
  close(ends[child != 0]);
  if (child != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  serve(arguments);
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  const int apart = strcmp(arguments[4], "apart") == 0;
  if (apart) divide(arguments);
  else open_token(arguments);

  struct work work;
  while (scanf("%ld %d %127s", &work.count, &work.threads, work.id) == 3 && work.threads <= most_threads) {
    if (!apart) find(work.id);
    left = work.count;
    const double began = seconds(CLOCK_MONOTONIC);
    const double cpu = apart ? ask(&work) : run_threads(work.threads, decrypt_own);
    const double took = seconds(CLOCK_MONOTONIC) - began;
    printf("%.3f %.3f\n", (double)work.count / took, cpu / (double)work.count * 1e6);
    fflush(stdout);
  }
  if (!apart) module->C_Finalize(NULL);
  return 0;
}
