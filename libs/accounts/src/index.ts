export * from './password/password-hash.js';
export * from './password/password-policy.js';
export * from './administration/account-choice.js';
export * from './administration/account-administrator.js';
export * from './administration/user-input.js';
export * from './administration/user-view.js';
export * from './administration/user-administration.js';
export * from './administration/contact-center-administration.js';
