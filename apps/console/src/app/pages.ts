import type { RouteObject } from 'react-router';
import { rights } from '../session/rights.js';
import type { Me } from '../session/session-api.js';
import type { PlainTextKey } from '../texts/texts.js';

/** A page of the navigation. Each is loaded when it is first opened: nobody waits for what they do not use. */
export interface Page {
  readonly path: string;
  readonly title: PlainTextKey;
  /** Whom it is shown to; everybody where it does not say. */
  readonly isFor?: (me: Me) => boolean;
  /** What is shown at it, and below it. */
  readonly routes: readonly RouteObject[];
}

/** Every page: the navigation, the router, and the test that looks at each for accessibility go by this list. */
export const pages: readonly Page[] = [
  {
    path: 'recordings',
    title: 'nav.recordings',
    routes: [
      { index: true, lazy: () => import('../pages/recordings/recordings-page.js') },
      { path: ':id', lazy: () => import('../pages/recordings/recording-page.js') },
    ],
  },
  {
    path: 'certificates',
    title: 'nav.certificates',
    isFor: rights.certificates,
    routes: [
      { index: true, lazy: () => import('../pages/certificates/certificates-page.js') },
      { path: ':alias', lazy: () => import('../pages/certificates/certificate-page.js') },
    ],
  },
  {
    path: 'screen-recording-certificates',
    title: 'nav.screenRecordingCertificates',
    isFor: rights.administerCertificates,
    routes: [{ index: true, lazy: () => import('../pages/screen-recording-certificates/assigned-page.js') }],
  },
  {
    path: 'audit',
    title: 'nav.audit',
    isFor: rights.audit,
    routes: [{ index: true, lazy: () => import('../pages/audit/audit-page.js') }],
  },
  {
    path: 'users',
    title: 'nav.users',
    isFor: rights.users,
    routes: [{ index: true, lazy: () => import('../pages/users/users-page.js') }],
  },
  {
    path: 'system',
    title: 'nav.system',
    isFor: rights.system,
    routes: [{ index: true, lazy: () => import('../pages/system/system-page.js') }],
  },
];
