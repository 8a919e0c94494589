# nShield. The hash of RSAES-OAEP and that of its MGF1 are the same (nshielddocs, mechanism annotations); searches are paged.
refuse-oaep mixed 0x71
page 2
