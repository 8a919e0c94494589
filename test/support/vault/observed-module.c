/*
 * A PKCS#11 module that passes everything on to another. It writes a line for each search for slots and each login to
 * OBSERVED_CALLS, its C_Decrypt never returns while HANG_WHILE_EXISTS exists, it does not have the mechanism whose
 * number is MASKED_MECHANISM, and it takes no data objects where REFUSE_DATA_OBJECTS is set.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ck_rv;
typedef ck_rv (*get_function_list)(void **);
typedef ck_rv (*get_slot_list)(unsigned char, unsigned long *, unsigned long *);
typedef ck_rv (*get_mechanism_list)(unsigned long, unsigned long *, unsigned long *);
typedef ck_rv (*get_mechanism_info)(unsigned long, unsigned long, void *);
typedef ck_rv (*login)(unsigned long, unsigned long, unsigned char *, unsigned long);
typedef struct { unsigned long type; void *value; unsigned long length; } attribute;
typedef ck_rv (*create_object)(unsigned long, attribute *, unsigned long, unsigned long *);
typedef ck_rv (*decrypt)(unsigned long, unsigned char *, unsigned long, unsigned char *, unsigned long *);

enum { version_slot = 1, functions = 68, get_slot_list_function = 4,
       get_mechanism_list_function = 7, get_mechanism_info_function = 8, login_function = 18,
       create_object_function = 20, decrypt_function = 34 };

static void *list[version_slot + functions];
static get_slot_list real_get_slot_list;
static get_mechanism_list real_get_mechanism_list;
static get_mechanism_info real_get_mechanism_info;
static login real_login;
static create_object real_create_object;
static decrypt real_decrypt;

static void write_down(const char *function) {
  const char *file = getenv("OBSERVED_CALLS");
  FILE *calls = file == NULL ? NULL : fopen(file, "a");
  if (calls == NULL) return;
  fprintf(calls, "%s\n", function);
  fclose(calls);
}

static ck_rv observed_get_slot_list(unsigned char present, unsigned long *slots, unsigned long *count) {
  write_down("C_GetSlotList");
  return real_get_slot_list(present, slots, count);
}

static unsigned long masked(void) {
  const char *number = getenv("MASKED_MECHANISM");
  return number == NULL ? (unsigned long)-1 : strtoul(number, NULL, 0);
}

static ck_rv masked_get_mechanism_list(unsigned long slot, unsigned long *mechanisms, unsigned long *count) {
  const ck_rv result = real_get_mechanism_list(slot, mechanisms, count);
  if (result != 0 || mechanisms == NULL) return result;
  unsigned long kept = 0;
  for (unsigned long index = 0; index < *count; index++)
    if (mechanisms[index] != masked()) mechanisms[kept++] = mechanisms[index];
  *count = kept;
  return 0;
}

static ck_rv masked_get_mechanism_info(unsigned long slot, unsigned long mechanism, void *info) {
  const ck_rv mechanism_invalid = 0x70;
  return mechanism == masked() ? mechanism_invalid : real_get_mechanism_info(slot, mechanism, info);
}

static ck_rv observed_login(unsigned long session, unsigned long user, unsigned char *pin, unsigned long length) {
  write_down("C_Login");
  return real_login(session, user, pin, length);
}

static ck_rv refusing_create_object(unsigned long session, attribute *template, unsigned long count,
                                    unsigned long *object) {
  const unsigned long class_attribute = 0, data = 0;
  const ck_rv attribute_value_invalid = 0x13;
  for (unsigned long index = 0; index < count && getenv("REFUSE_DATA_OBJECTS") != NULL; index++)
    if (template[index].type == class_attribute && *(unsigned long *)template[index].value == data)
      return attribute_value_invalid;
  return real_create_object(session, template, count, object);
}

static ck_rv hanging_decrypt(unsigned long session, unsigned char *in, unsigned long length, unsigned char *out,
                             unsigned long *out_length) {
  const char *file = getenv("HANG_WHILE_EXISTS");
  while (file != NULL && access(file, F_OK) == 0) usleep(10000);
  return real_decrypt(session, in, length, out, out_length);
}

ck_rv C_GetFunctionList(void **result) {
  void *module = dlopen(getenv("REAL_MODULE"), RTLD_NOW | RTLD_LOCAL);
  get_function_list get = module == NULL ? NULL : (get_function_list)dlsym(module, "C_GetFunctionList");
  void **real = NULL;
  if (get == NULL || get((void **)&real) != 0) return 5;
  memcpy(list, real, sizeof list);
  real_get_slot_list = (get_slot_list)list[version_slot + get_slot_list_function];
  list[version_slot + get_slot_list_function] = (void *)observed_get_slot_list;
  real_get_mechanism_list = (get_mechanism_list)list[version_slot + get_mechanism_list_function];
  list[version_slot + get_mechanism_list_function] = (void *)masked_get_mechanism_list;
  real_get_mechanism_info = (get_mechanism_info)list[version_slot + get_mechanism_info_function];
  list[version_slot + get_mechanism_info_function] = (void *)masked_get_mechanism_info;
  real_login = (login)list[version_slot + login_function];
  list[version_slot + login_function] = (void *)observed_login;
  real_create_object = (create_object)list[version_slot + create_object_function];
  list[version_slot + create_object_function] = (void *)refusing_create_object;
  real_decrypt = (decrypt)list[version_slot + decrypt_function];
  list[version_slot + decrypt_function] = (void *)hanging_decrypt;
  *result = list;
  return 0;
}
