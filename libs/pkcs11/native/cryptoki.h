/*
 * pkcs11.h with what it wants to be told of the compiler (PKCS#11, "Platform- and compiler-dependent directives"): on the systems
 * of this server functions and pointers are those of C.
 */
#ifndef RCS_CRYPTOKI_H
#define RCS_CRYPTOKI_H

#define CK_PTR *
#define CK_DEFINE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(*name)
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(*name)
#define NULL_PTR 0
#include <pkcs11.h>

#endif
