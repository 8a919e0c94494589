/* A PKCS#11 module that passes everything on to another, but whose C_Decrypt never returns while a file exists. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ck_rv;
typedef ck_rv (*get_function_list)(void **);
typedef ck_rv (*decrypt)(unsigned long, unsigned char *, unsigned long, unsigned char *, unsigned long *);

enum { version_slot = 1, functions = 68, decrypt_function = 34 };

static void *list[version_slot + functions];
static decrypt real_decrypt;

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
  real_decrypt = (decrypt)list[version_slot + decrypt_function];
  list[version_slot + decrypt_function] = (void *)hanging_decrypt;
  *result = list;
  return 0;
}
