/*
 * What a PKCS#11 module can do with nothing around it: C_DecryptInit and C_Decrypt with CKM_RSA_X_509, in as many threads as
 * sessions. Reads lines of standard input and answers each with one:
 *
 *   COUNT THREADS CKA_ID(hex)   ->   decryptions a second, CPU microseconds each
 */
#define CK_PTR *
#define CK_DEFINE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(*name)
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(*name)
#define NULL_PTR 0
#include <pkcs11.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { most_threads = 64, most_slots = 64, most_bytes = 1024 };

static CK_FUNCTION_LIST_PTR module;
static CK_SESSION_HANDLE sessions[most_threads];
static CK_OBJECT_HANDLE key;
static CK_ULONG modulus_bytes;
static atomic_long left;

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

static void *decrypt(void *argument) {
  CK_SESSION_HANDLE session = *(CK_SESSION_HANDLE *)argument;
  CK_BYTE block[most_bytes], message[most_bytes];
  unsigned seed = (unsigned)session;
  for (long number; (number = atomic_fetch_sub(&left, 1)) > 0;) {
    /* Some number below the modulus, another one each time: modules may remember the last. */
    for (CK_ULONG at = 0; at < modulus_bytes; at++) block[at] = at == 0 ? 0 : (CK_BYTE)rand_r(&seed);
    CK_MECHANISM mechanism = {CKM_RSA_X_509, NULL, 0};
    CK_ULONG length = sizeof message;
    require(module->C_DecryptInit(session, &mechanism, key), "C_DecryptInit");
    require(module->C_Decrypt(session, block, modulus_bytes, message, &length), "C_Decrypt");
  }
  return NULL;
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

int main(int count, char **arguments) {
  if (count != 4) return 2;
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

  long wanted;
  int threads;
  char id[128];
  while (scanf("%ld %d %127s", &wanted, &threads, id) == 3 && threads <= most_threads) {
    pthread_t running[most_threads];
    find(id);
    left = wanted;
    const double began = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int at = 0; at < threads; at++) pthread_create(&running[at], NULL, decrypt, &sessions[at]);
    for (int at = 0; at < threads; at++) pthread_join(running[at], NULL);
    const double took = seconds(CLOCK_MONOTONIC) - began, cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
    printf("%.3f %.3f\n", (double)wanted / took, cpu / (double)wanted * 1e6);
    fflush(stdout);
  }
  module->C_Finalize(NULL);
  return 0;
}
