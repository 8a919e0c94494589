/*
 * A PKCS#11 module that passes everything on to a real one and plays the quirks of others. What it plays stands in the file
 * `shim.conf` beside it, which is read again whenever it changed. One rule a line; numbers as C writes them; a function F is
 * named as PKCS#11 names it, `any` stands for every value; rules with ranges may end with `after N` (the first N calls go
 * through) and `times N` (so many calls are concerned):
 *
 *   module PATH                      the real module
 *   env NAME VALUE                   set before the real module is initialised
 *   log FILE                         one line for every call: name, and for some what it was about
 *   fail F CODE                      the call is not made and answers CODE
 *   map F CODE                       whatever goes wrong in the real call is answered as CODE
 *   stall F MS                       the call waits so long, or until the rule is gone
 *   hang F                           the call never returns, whatever becomes of the rule
 *   crash F                          the process dies of SIGSEGV
 *   hide MECHANISM                   the mechanism is not there
 *   alias MECHANISM REAL             MECHANISM is offered, and done as REAL
 *   unflag MECHANISM FLAGS           CK_MECHANISM_INFO lacks these flags; calls are not concerned
 *   refuse-use F MECHANISM CODE      a call that begins with this mechanism answers CODE
 *   refuse-oaep HASH|any CODE        C_DecryptInit with CKM_RSA_PKCS_OAEP and this hash; `mixed`: hash and MGF differ; `sourced`:
 *                                    pSourceData points somewhere although the label is empty (PKCS#11 2.40, 2.1.8)
 *   refuse-class F CLASS CODE        a template whose CKA_CLASS is CLASS
 *   refuse-attribute F TYPE V CODE   a template with this attribute; V is `any`, `empty`, `true` or `false`
 *   require-attribute F TYPE CODE    a template without this attribute
 *   force-attribute TYPE V           private keys are made with this CK_BBOOL attribute
 *   page N                           C_FindObjects brings N at most
 *   token-flags SET CLEAR            CK_TOKEN_INFO flags
 *   nul-padded                       texts of CK_TOKEN_INFO and CK_SLOT_INFO are padded with zeros
 *   read-only                        no R/W sessions
 *   pin-pad PIN                      the token has a PIN entry of its own, where somebody enters PIN when C_Login brings none
 *   sessions N                       the most that are open at a time (not said beforehand)
 *   says-sessions N                  what CK_TOKEN_INFO says of it
 *   one-caller                       two calls at a time crash the process, as in modules without locks
 *   cant-lock                        C_Initialize with CKF_OS_LOCKING_OK answers CKR_CANT_LOCK
 *   pass-reserved                    C_Initialize passes pReserved on, which most modules refuse
 *   forget-sessions N                when N is another than before, all sessions end
 */
#define _GNU_SOURCE
#include "../../native/cryptoki.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { most_rules = 64, most_words = 8, most_used = 256, most_slots = 32 };

typedef struct { char words[most_words][256]; int count; } rule;
/* How often a rule was met, by its text, so that reading the file again does not begin anew. */
typedef struct { char text[600]; long met; } use;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static rule rules[most_rules];
static int rule_count;
static use uses[most_used];
static int use_count;
static struct stat seen;
static char directory[PATH_MAX];
static char log_file[PATH_MAX];
static CK_FUNCTION_LIST_PTR real;
static CK_FUNCTION_LIST own;
static atomic_int inside;
static atomic_long open_sessions;
static long forgotten = -1;
static CK_SLOT_ID slots[most_slots];
static CK_ULONG slot_count;
#define NONE ((CK_RV)-1)

static unsigned long number(const char *text) { return strtoul(text, NULL, 0); }

static void find_directory(void) {
  Dl_info info;
  if (directory[0] != 0 || dladdr((void *)find_directory, &info) == 0) return;
  snprintf(directory, sizeof directory, "%s", info.dli_fname);
  char *slash = strrchr(directory, '/');
  if (slash != NULL) *slash = 0;
}

static void text_of(const rule *one, char text[600]) {
  text[0] = 0;
  for (int index = 0; index < one->count; index++) {
    strncat(text, one->words[index], 598 - strlen(text));
    strcat(text, " ");
  }
}

/* A rule that is gone begins anew when it comes back. */
static void forget_uses(void) {
  int kept = 0;
  char text[600];
  for (int index = 0; index < use_count; index++)
    for (int at = 0; at < rule_count; at++) {
      text_of(&rules[at], text);
      if (strcmp(text, uses[index].text) != 0) continue;
      uses[kept++] = uses[index];
      break;
    }
  use_count = kept;
}

/* With the lock held. */
static void read_rules(void) {
  char path[PATH_MAX + 16], line[2048];
  struct stat now;
  find_directory();
  snprintf(path, sizeof path, "%s/shim.conf", directory);
  if (stat(path, &now) != 0) return;
  if (now.st_ino == seen.st_ino && now.st_mtim.tv_nsec == seen.st_mtim.tv_nsec && now.st_mtim.tv_sec == seen.st_mtim.tv_sec &&
      now.st_size == seen.st_size)
    return;
  FILE *file = fopen(path, "r");
  if (file == NULL) return;
  seen = now;
  rule_count = 0;
  log_file[0] = 0;
  while (rule_count < most_rules && fgets(line, sizeof line, file) != NULL) {
    rule *next = &rules[rule_count];
    memset(next, 0, sizeof *next);
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t\n", &rest); word != NULL && next->count < most_words && word[0] != '#';
         word = strtok_r(NULL, " \t\n", &rest))
      snprintf(next->words[next->count++], sizeof next->words[0], "%s", word);
    if (next->count == 0) continue;
    if (strcmp(next->words[0], "log") == 0) snprintf(log_file, sizeof log_file, "%s", next->words[1]);
    rule_count++;
  }
  fclose(file);
  forget_uses();
}

static void note(const char *format, ...) {
  if (log_file[0] == 0) return;
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  line[length++] = '\n';
  int file = open(log_file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) return;
  if (write(file, line, (size_t)length) != length) abort();
  close(file);
}

/* Whether the rule is in its range; counts. With the lock held. */
static int in_range(const rule *one) {
  long after = 0, times = LONG_MAX;
  char text[600];
  for (int index = 0; index + 1 < one->count; index++) {
    if (strcmp(one->words[index], "after") == 0) after = (long)number(one->words[index + 1]);
    if (strcmp(one->words[index], "times") == 0) times = (long)number(one->words[index + 1]);
  }
  text_of(one, text);
  use *known = NULL;
  for (int index = 0; index < use_count; index++) if (strcmp(uses[index].text, text) == 0) known = &uses[index];
  if (known == NULL && use_count < most_used) {
    known = &uses[use_count++];
    strcpy(known->text, text);
    known->met = 0;
  }
  if (known == NULL) return 1;
  const long met = known->met++;
  return met >= after && met - after < times;
}

/* The next rule of this kind about this function (NULL: whichever), beginning at `from`; -1 when there is none. */
static int next_rule(int from, const char *kind, const char *function) {
  for (int index = from; index < rule_count; index++)
    if (strcmp(rules[index].words[0], kind) == 0 &&
        (function == NULL || strcmp(rules[index].words[1], function) == 0 || strcmp(rules[index].words[1], "any") == 0))
      return index;
  return -1;
}

static int has(const char *kind, rule *found) {
  pthread_mutex_lock(&lock);
  read_rules();
  const int index = next_rule(0, kind, NULL);
  if (index >= 0 && found != NULL) *found = rules[index];
  pthread_mutex_unlock(&lock);
  return index >= 0;
}

/* The code of the first rule of this kind about this function that is in its range; NONE when the call is to be made. */
static CK_RV ruled(const char *kind, const char *function) {
  CK_RV answer = NONE;
  pthread_mutex_lock(&lock);
  read_rules();
  for (int index = next_rule(0, kind, function); index >= 0 && answer == NONE; index = next_rule(index + 1, kind, function))
    if (in_range(&rules[index])) answer = number(rules[index].words[2]);
  pthread_mutex_unlock(&lock);
  return answer;
}

static void stall(const char *function) {
  const CK_RV milliseconds = ruled("stall", function);
  for (CK_RV waited = 0; milliseconds != NONE && waited < milliseconds; waited += 5) {
    usleep(5000);
    pthread_mutex_lock(&lock);
    read_rules();
    const int gone = next_rule(0, "stall", function) < 0;
    pthread_mutex_unlock(&lock);
    if (gone) return;
  }
}

static void hang(const char *function) {
  if (ruled("hang", function) != NONE) for (;;) pause();
}

static void forget_sessions(void) {
  rule found;
  if (!has("forget-sessions", &found)) return;
  const long wanted = (long)number(found.words[1]);
  pthread_mutex_lock(&lock);
  const int now = wanted != forgotten;
  forgotten = wanted;
  pthread_mutex_unlock(&lock);
  if (!now) return;
  for (CK_ULONG index = 0; index < slot_count; index++) real->C_CloseAllSessions(slots[index]);
  open_sessions = 0;
}

static CK_RV enter(const char *function) {
  pthread_mutex_lock(&lock);
  read_rules();
  note("%s", function);
  const int crash = next_rule(0, "crash", function);
  const int dies = crash >= 0 && in_range(&rules[crash]);
  pthread_mutex_unlock(&lock);
  if (dies) { signal(SIGSEGV, SIG_DFL); raise(SIGSEGV); }
  if (atomic_fetch_add(&inside, 1) > 0 && has("one-caller", NULL)) { signal(SIGSEGV, SIG_DFL); raise(SIGSEGV); }
  stall(function);
  hang(function);
  if (strcmp(function, "C_Initialize") != 0) forget_sessions();
  return ruled("fail", function);
}

static CK_RV leave(const char *function, CK_RV result) {
  atomic_fetch_sub(&inside, 1);
  if (result == CKR_OK) return result;
  const CK_RV mapped = ruled("map", function);
  return mapped == NONE ? result : mapped;
}

static int is_hidden(CK_MECHANISM_TYPE mechanism) {
  int hidden = 0;
  pthread_mutex_lock(&lock);
  read_rules();
  for (int index = next_rule(0, "hide", NULL); index >= 0; index = next_rule(index + 1, "hide", NULL))
    if (number(rules[index].words[1]) == mechanism) hidden = 1;
  pthread_mutex_unlock(&lock);
  return hidden;
}

/* The mechanism as the real module knows it. */
static CK_MECHANISM_TYPE known_as(CK_MECHANISM_TYPE mechanism) {
  CK_MECHANISM_TYPE known = mechanism;
  pthread_mutex_lock(&lock);
  read_rules();
  for (int index = next_rule(0, "alias", NULL); index >= 0; index = next_rule(index + 1, "alias", NULL))
    if (number(rules[index].words[1]) == mechanism) known = number(rules[index].words[2]);
  pthread_mutex_unlock(&lock);
  return known;
}

static CK_RV judge_mechanism(const char *function, CK_MECHANISM_PTR mechanism) {
  CK_RV answer = NONE;
  if (is_hidden(mechanism->mechanism)) return CKR_MECHANISM_INVALID;
  pthread_mutex_lock(&lock);
  for (int index = next_rule(0, "refuse-use", function); index >= 0; index = next_rule(index + 1, "refuse-use", function))
    if (number(rules[index].words[2]) == mechanism->mechanism && in_range(&rules[index]))
      answer = number(rules[index].words[3]);
  if (mechanism->mechanism == CKM_RSA_PKCS_OAEP && mechanism->pParameter != NULL && strcmp(function, "C_DecryptInit") == 0) {
    const CK_RSA_PKCS_OAEP_PARAMS *oaep = mechanism->pParameter;
    const struct { CK_MECHANISM_TYPE hash; CK_RSA_PKCS_MGF_TYPE mgf; } pairs[] = {
      {CKM_SHA_1, 1}, {CKM_SHA256, 2}, {CKM_SHA384, 3}, {CKM_SHA512, 4}, {CKM_SHA224, 5}};
    int mixed = 1;
    for (size_t index = 0; index < sizeof pairs / sizeof *pairs; index++)
      if (pairs[index].hash == oaep->hashAlg && pairs[index].mgf == oaep->mgf) mixed = 0;
    for (int index = next_rule(0, "refuse-oaep", NULL); index >= 0; index = next_rule(index + 1, "refuse-oaep", NULL)) {
      const char *which = rules[index].words[1];
      const int sourced = strcmp(which, "sourced") == 0;
      if (sourced ? oaep->ulSourceDataLen == 0 && oaep->pSourceData != NULL
                  : strcmp(which, "mixed") == 0 ? mixed : strcmp(which, "any") == 0 || number(which) == oaep->hashAlg)
        answer = number(rules[index].words[2]);
    }
  }
  pthread_mutex_unlock(&lock);
  return answer;
}

static int matches(const CK_ATTRIBUTE *one, const char *value) {
  if (strcmp(value, "any") == 0) return 1;
  if (strcmp(value, "empty") == 0) return one->ulValueLen == 0;
  if (one->ulValueLen < 1 || one->pValue == NULL) return 0;
  return (*(unsigned char *)one->pValue != 0) == (strcmp(value, "true") == 0);
}

static CK_RV judge_template(const char *function, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  CK_RV answer = NONE;
  pthread_mutex_lock(&lock);
  read_rules();
  for (int index = 0; index < rule_count && answer == NONE; index++) {
    const rule *one = &rules[index];
    const int required = strcmp(one->words[0], "require-attribute") == 0;
    const int class = strcmp(one->words[0], "refuse-class") == 0;
    if (!required && !class && strcmp(one->words[0], "refuse-attribute") != 0) continue;
    if (strcmp(one->words[1], function) != 0 && strcmp(one->words[1], "any") != 0) continue;
    int found = 0;
    for (CK_ULONG at = 0; at < count; at++) {
      if (class && template[at].type == CKA_CLASS && *(CK_ULONG *)template[at].pValue == number(one->words[2])) found = 1;
      if (class || template[at].type != number(one->words[2])) continue;
      if (required || matches(&template[at], one->words[3])) found = 1;
    }
    if ((required ? !found : found) && in_range(one)) answer = number(one->words[required || class ? 3 : 4]);
  }
  pthread_mutex_unlock(&lock);
  return answer;
}

/* The template of a private key with what `force-attribute` says; the caller frees it. */
static CK_ATTRIBUTE_PTR forced(CK_ATTRIBUTE_PTR template, CK_ULONG *count) {
  static CK_BBOOL values[2] = {CK_FALSE, CK_TRUE};
  CK_ATTRIBUTE_PTR copy = calloc(*count + most_rules, sizeof *copy);
  memcpy(copy, template, *count * sizeof *copy);
  pthread_mutex_lock(&lock);
  for (int index = next_rule(0, "force-attribute", NULL); index >= 0; index = next_rule(index + 1, "force-attribute", NULL)) {
    CK_ATTRIBUTE forced = {number(rules[index].words[1]), &values[strcmp(rules[index].words[2], "true") == 0], 1};
    CK_ULONG at = 0;
    while (at < *count && copy[at].type != forced.type) at++;
    copy[at] = forced;
    if (at == *count) (*count)++;
  }
  pthread_mutex_unlock(&lock);
  return copy;
}

static int is_private_key(CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  for (CK_ULONG at = 0; at < count; at++)
    if (template[at].type == CKA_CLASS) return *(CK_ULONG *)template[at].pValue == CKO_PRIVATE_KEY;
  return 0;
}

static void pad_with_zeros(unsigned char *text, size_t length) {
  while (length > 0 && text[length - 1] == ' ') text[--length] = 0;
}

#define PASSED(name, parameters, arguments) \
  static CK_RV shim_##name parameters { \
    CK_RV code = enter(#name); \
    return leave(#name, code == NONE ? real->name arguments : code); \
  }
#define BEGUN(name, parameters, arguments) \
  static CK_RV shim_##name parameters { \
    CK_RV code = enter(#name); \
    CK_MECHANISM known = *m; \
    if (code == NONE) code = judge_mechanism(#name, m); \
    known.mechanism = known_as(m->mechanism); \
    m = &known; \
    return leave(#name, code == NONE ? real->name arguments : code); \
  }
#define SESSION CK_SESSION_HANDLE s
#define BYTES CK_BYTE_PTR in, CK_ULONG n, CK_BYTE_PTR out, CK_ULONG_PTR outn

PASSED(C_Finalize, (CK_VOID_PTR p), (p))
PASSED(C_GetSlotList, (CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR n), (present, list, n))
PASSED(C_GetSessionInfo, (SESSION, CK_SESSION_INFO_PTR info), (s, info))
PASSED(C_Logout, (SESSION), (s))
PASSED(C_DestroyObject, (SESSION, CK_OBJECT_HANDLE o), (s, o))
PASSED(C_GetAttributeValue, (SESSION, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR t, CK_ULONG n), (s, o, t, n))
PASSED(C_FindObjectsInit, (SESSION, CK_ATTRIBUTE_PTR t, CK_ULONG n), (s, t, n))
PASSED(C_FindObjectsFinal, (SESSION), (s))
BEGUN(C_EncryptInit, (SESSION, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k), (s, m, k))
PASSED(C_Encrypt, (SESSION, BYTES), (s, in, n, out, outn))
BEGUN(C_DecryptInit, (SESSION, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k), (s, m, k))
PASSED(C_Decrypt, (SESSION, BYTES), (s, in, n, out, outn))
BEGUN(C_SignInit, (SESSION, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE k), (s, m, k))
PASSED(C_Sign, (SESSION, BYTES), (s, in, n, out, outn))
BEGUN(C_WrapKey, (SESSION, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE w, CK_OBJECT_HANDLE k, CK_BYTE_PTR out, CK_ULONG_PTR n),
      (s, m, w, k, out, n))
PASSED(C_GenerateRandom, (SESSION, CK_BYTE_PTR out, CK_ULONG n), (s, out, n))

static CK_RV shim_C_Initialize(CK_VOID_PTR arguments) {
  CK_C_INITIALIZE_ARGS_PTR args = arguments;
  CK_RV code = enter("C_Initialize");
  if (args != NULL && args->pReserved != NULL) note("C_Initialize pReserved=%s", (const char *)args->pReserved);
  if (code == NONE && has("cant-lock", NULL) && args != NULL && (args->flags & CKF_OS_LOCKING_OK)) code = CKR_CANT_LOCK;
  pthread_mutex_lock(&lock);
  for (int index = next_rule(0, "env", NULL); index >= 0; index = next_rule(index + 1, "env", NULL))
    setenv(rules[index].words[1], rules[index].words[2], 1);
  pthread_mutex_unlock(&lock);
  CK_C_INITIALIZE_ARGS plain = {0};
  if (args != NULL) { plain = *args; if (!has("pass-reserved", NULL)) plain.pReserved = NULL; }
  if (code == NONE) code = real->C_Initialize(args == NULL ? NULL : &plain);
  if (code == CKR_OK) open_sessions = 0;
  return leave("C_Initialize", code);
}

static CK_RV shim_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  CK_RV code = enter("C_GetTokenInfo");
  if (code == NONE) code = real->C_GetTokenInfo(slot, info);
  rule found;
  if (code == CKR_OK && has("token-flags", &found))
    info->flags = (info->flags | number(found.words[1])) & ~number(found.words[2]);
  if (code == CKR_OK && has("read-only", NULL)) info->flags |= CKF_WRITE_PROTECTED;
  if (code == CKR_OK && has("pin-pad", NULL)) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  if (code == CKR_OK && has("says-sessions", &found))
    info->ulMaxSessionCount = info->ulMaxRwSessionCount = number(found.words[1]);
  if (code == CKR_OK && has("nul-padded", NULL)) {
    pad_with_zeros(info->label, sizeof info->label);
    pad_with_zeros(info->manufacturerID, sizeof info->manufacturerID);
    pad_with_zeros(info->model, sizeof info->model);
    pad_with_zeros(info->serialNumber, sizeof info->serialNumber);
  }
  return leave("C_GetTokenInfo", code);
}

static CK_RV shim_C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info) {
  CK_RV code = enter("C_GetSlotInfo");
  if (code == NONE) code = real->C_GetSlotInfo(slot, info);
  if (code == CKR_OK && has("nul-padded", NULL)) {
    pad_with_zeros(info->slotDescription, sizeof info->slotDescription);
    pad_with_zeros(info->manufacturerID, sizeof info->manufacturerID);
  }
  return leave("C_GetSlotInfo", code);
}

static CK_RV shim_C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count) {
  CK_RV code = enter("C_GetMechanismList");
  if (code == NONE) code = real->C_GetMechanismList(slot, list, count);
  if (code == CKR_OK && list != NULL) {
    CK_ULONG kept = 0;
    for (CK_ULONG index = 0; index < *count; index++) if (!is_hidden(list[index])) list[kept++] = list[index];
    *count = kept;
    pthread_mutex_lock(&lock);
    for (int index = next_rule(0, "alias", NULL); index >= 0; index = next_rule(index + 1, "alias", NULL))
      list[(*count)++] = number(rules[index].words[1]);
    pthread_mutex_unlock(&lock);
  } else if (code == CKR_OK) *count += most_rules;
  return leave("C_GetMechanismList", code);
}

static CK_RV shim_C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism, CK_MECHANISM_INFO_PTR info) {
  CK_RV code = enter("C_GetMechanismInfo");
  if (code == NONE && is_hidden(mechanism)) code = CKR_MECHANISM_INVALID;
  if (code == NONE) code = real->C_GetMechanismInfo(slot, known_as(mechanism), info);
  pthread_mutex_lock(&lock);
  for (int index = next_rule(0, "unflag", NULL); index >= 0 && code == CKR_OK; index = next_rule(index + 1, "unflag", NULL))
    if (number(rules[index].words[1]) == mechanism) info->flags &= ~number(rules[index].words[2]);
  pthread_mutex_unlock(&lock);
  return leave("C_GetMechanismInfo", code);
}

static CK_RV shim_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify,
                                CK_SESSION_HANDLE_PTR session) {
  CK_RV code = enter("C_OpenSession");
  rule found;
  if (code == NONE && (flags & CKF_RW_SESSION) && has("read-only", NULL)) code = CKR_TOKEN_WRITE_PROTECTED;
  if (code == NONE && has("sessions", &found) && open_sessions >= (long)number(found.words[1])) code = CKR_SESSION_COUNT;
  if (code == NONE) code = real->C_OpenSession(slot, flags, application, notify, session);
  if (code == CKR_OK) {
    open_sessions++;
    pthread_mutex_lock(&lock);
    CK_ULONG at = 0;
    while (at < slot_count && slots[at] != slot) at++;
    if (at == slot_count && slot_count < most_slots) slots[slot_count++] = slot;
    pthread_mutex_unlock(&lock);
  }
  return leave("C_OpenSession", code);
}

static CK_RV shim_C_CloseSession(CK_SESSION_HANDLE session) {
  CK_RV code = enter("C_CloseSession");
  if (code == NONE) code = real->C_CloseSession(session);
  if (code == CKR_OK) open_sessions--;
  return leave("C_CloseSession", code);
}

static CK_RV shim_C_CloseAllSessions(CK_SLOT_ID slot) {
  CK_RV code = enter("C_CloseAllSessions");
  if (code == NONE) code = real->C_CloseAllSessions(slot);
  if (code == CKR_OK) open_sessions = 0;
  return leave("C_CloseAllSessions", code);
}

static CK_RV shim_C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  CK_RV code = enter("C_Login");
  note("C_Login user=%lu pin=%s", user, pin == NULL || length == 0 ? "none" : "given");
  rule found;
  if (length == 0 && has("pin-pad", &found)) {
    pin = (CK_UTF8CHAR_PTR)found.words[1];
    length = strlen(found.words[1]);
  }
  if (code == NONE) code = real->C_Login(session, user, pin, length);
  return leave("C_Login", code);
}

static CK_RV shim_C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG most, CK_ULONG_PTR count) {
  CK_RV code = enter("C_FindObjects");
  rule found;
  if (has("page", &found) && number(found.words[1]) < most) most = number(found.words[1]);
  return leave("C_FindObjects", code == NONE ? real->C_FindObjects(session, objects, most, count) : code);
}

static CK_RV shim_C_CreateObject(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count,
                                 CK_OBJECT_HANDLE_PTR object) {
  CK_RV code = enter("C_CreateObject");
  if (code == NONE) code = judge_template("C_CreateObject", template, count);
  if (code == NONE && is_private_key(template, count)) {
    CK_ATTRIBUTE_PTR copy = forced(template, &count);
    code = real->C_CreateObject(session, copy, count, object);
    free(copy);
  } else if (code == NONE) code = real->C_CreateObject(session, template, count, object);
  return leave("C_CreateObject", code);
}

static CK_RV shim_C_SetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template,
                                      CK_ULONG count) {
  CK_RV code = enter("C_SetAttributeValue");
  if (code == NONE) code = judge_template("C_SetAttributeValue", template, count);
  return leave("C_SetAttributeValue", code == NONE ? real->C_SetAttributeValue(session, object, template, count) : code);
}

static CK_RV shim_C_GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR m, CK_ATTRIBUTE_PTR template, CK_ULONG count,
                                CK_OBJECT_HANDLE_PTR key) {
  CK_RV code = enter("C_GenerateKey");
  CK_MECHANISM known = *m;
  if (code == NONE) code = judge_mechanism("C_GenerateKey", m);
  known.mechanism = known_as(m->mechanism);
  m = &known;
  if (code == NONE) code = judge_template("C_GenerateKey", template, count);
  return leave("C_GenerateKey", code == NONE ? real->C_GenerateKey(session, m, template, count, key) : code);
}

/* Rules name the templates C_GenerateKeyPair.public and C_GenerateKeyPair.private. The real module may lack what is
 * played, so that 186-3 generation is the plain one there. */
static CK_RV shim_C_GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM_PTR m, CK_ATTRIBUTE_PTR public_template,
                                    CK_ULONG public_count, CK_ATTRIBUTE_PTR private_template, CK_ULONG private_count,
                                    CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key) {
  CK_RV code = enter("C_GenerateKeyPair");
  CK_MECHANISM known = *m;
  if (code == NONE) code = judge_mechanism("C_GenerateKeyPair", m);
  known.mechanism = known_as(m->mechanism);
  m = &known;
  if (code == NONE) code = judge_template("C_GenerateKeyPair.public", public_template, public_count);
  if (code == NONE) code = judge_template("C_GenerateKeyPair.private", private_template, private_count);
  if (code == NONE) {
    CK_ATTRIBUTE_PTR copy = forced(private_template, &private_count);
    code = real->C_GenerateKeyPair(session, m, public_template, public_count, copy, private_count, public_key, private_key);
    free(copy);
  }
  return leave("C_GenerateKeyPair", code);
}

static CK_RV shim_C_UnwrapKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE wrapping, CK_BYTE_PTR wrapped,
                              CK_ULONG length, CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR key) {
  CK_RV code = enter("C_UnwrapKey");
  CK_MECHANISM known = *m;
  if (code == NONE) code = judge_mechanism("C_UnwrapKey", m);
  known.mechanism = known_as(m->mechanism);
  m = &known;
  if (code == NONE) code = judge_template("C_UnwrapKey", template, count);
  if (code == NONE) {
    CK_ATTRIBUTE_PTR copy = forced(template, &count);
    code = real->C_UnwrapKey(session, m, wrapping, wrapped, length, copy, count, key);
    free(copy);
  }
  return leave("C_UnwrapKey", code);
}

static CK_RV own_list(CK_FUNCTION_LIST_PTR_PTR list) { *list = &own; return CKR_OK; }

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  rule found;
  if (real == NULL) {
    if (!has("module", &found)) return CKR_GENERAL_ERROR;
    void *module = dlopen(found.words[1], RTLD_NOW | RTLD_LOCAL);
    CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR) = NULL;
    if (module != NULL) *(void **)&get = dlsym(module, "C_GetFunctionList");
    if (get == NULL || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  }
  own = *real;
  own.C_GetFunctionList = own_list;
#define OWN(name) own.name = shim_##name
  OWN(C_Initialize); OWN(C_Finalize); OWN(C_GetSlotList); OWN(C_GetSlotInfo); OWN(C_GetTokenInfo);
  OWN(C_GetMechanismList); OWN(C_GetMechanismInfo); OWN(C_OpenSession); OWN(C_CloseSession); OWN(C_CloseAllSessions);
  OWN(C_GetSessionInfo); OWN(C_Login); OWN(C_Logout); OWN(C_CreateObject); OWN(C_DestroyObject);
  OWN(C_GetAttributeValue); OWN(C_SetAttributeValue); OWN(C_FindObjectsInit); OWN(C_FindObjects);
  OWN(C_FindObjectsFinal); OWN(C_EncryptInit); OWN(C_Encrypt); OWN(C_DecryptInit); OWN(C_Decrypt); OWN(C_SignInit);
  OWN(C_Sign); OWN(C_WrapKey); OWN(C_UnwrapKey); OWN(C_GenerateKey); OWN(C_GenerateKeyPair); OWN(C_GenerateRandom);
  *list = &own;
  return CKR_OK;
}
