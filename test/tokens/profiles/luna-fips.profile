# Thales Luna, FIPS configuration, firmware 7.7.3 and newer. CKM_RSA_PKCS neither decrypts nor unwraps (Thales, CKM_RSA_PKCS);
# key pairs are made by the methods of FIPS 186-3 alone, unless clients remap them (Thales, RSA Mechanism Remap);
# no secret or private key comes in in clear. Raw RSA is taken away, too, as policies may.
hide 0
alias 0x80000143 0
hide 3
unflag 1 0x200
refuse-use C_DecryptInit 1 0x70
refuse-class C_CreateObject 4 0x1b
refuse-class C_CreateObject 3 0x1b
