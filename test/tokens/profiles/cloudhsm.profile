# AWS CloudHSM. CKA_ID stays as it was made (aws-cloudhsm-pkcs11-examples #65), public keys are private (OpenSC #2747),
# decryption is OAEP and PKCS#1 (pkcs11-mechanisms), certificates and data objects are not kept (hsm1.medium).
hide 3
refuse-attribute C_SetAttributeValue 0x102 any 0x10
refuse-attribute C_GenerateKeyPair.private 0x102 empty 0x13
refuse-attribute C_GenerateKeyPair.public 2 false 0xd1
refuse-class C_CreateObject 1 0xd1
refuse-class C_CreateObject 0 0xd1
