# YubiHSM 2. No raw RSA; whatever is wrong with a ciphertext is CKR_DEVICE_ERROR (yubihsm-shell, util_pkcs11.c, yrc_to_rv);
# keys are unwrapped by a mechanism of its own alone; attributes stay as they were made.
hide 3
map C_Decrypt 0x30
hide 0x2109
hide 0x210a
hide 0x210b
fail C_SetAttributeValue 0x54
