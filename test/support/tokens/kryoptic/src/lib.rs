//! Kryoptic as a PKCS#11 module: only what a caller finds the other functions by.

use kryoptic_lib::fns::general::fn_get_function_list;
use kryoptic_lib::pkcs11::*;

#[unsafe(no_mangle)]
pub extern "C" fn C_GetFunctionList(functions: CK_FUNCTION_LIST_PTR_PTR) -> CK_RV {
    fn_get_function_list(functions)
}
