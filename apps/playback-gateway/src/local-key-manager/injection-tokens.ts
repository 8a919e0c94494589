export const LOCAL_KEY_MANAGER_STORE = Symbol('LocalKeyManagerStore');
