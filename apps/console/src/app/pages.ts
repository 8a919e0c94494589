import type { ComponentType } from 'react';
import type { RouteObject } from 'react-router';
import { rights } from '../session/rights.js';
import type { Me } from '../session/session-api.js';
import type { PlainTextKey } from '../texts/texts.js';
import { routePaths, type RoutePath } from './route-paths.js';

/** A page of the navigation. Each is loaded when it is first opened: nobody waits for what they do not use. */
export interface Page {
  readonly path: RoutePath;
  readonly title: PlainTextKey;
  /** Whom it is shown to; everybody where it does not say. */
  readonly isFor?: (me: Me) => boolean;
}

/** Every page: the navigation and the router go by this list. */
export const pages: readonly Page[] = [
  { path: 'recordings', title: 'nav.recordings' },
  { path: 'certificates', title: 'nav.certificates', isFor: rights.certificates },
  {
    path: 'screen-recording-certificates',
    title: 'nav.screenRecordingCertificates',
    isFor: rights.administerCertificates,
  },
  { path: 'archives', title: 'nav.archives', isFor: me => rights.archives(me) || rights.administerCertificates(me) },
  { path: 'audit', title: 'nav.audit', isFor: rights.audit },
  { path: 'users', title: 'nav.users', isFor: rights.users },
  { path: 'system', title: 'nav.system', isFor: rights.system },
];

const loads: Readonly<Record<RoutePath, () => Promise<{ readonly Component: ComponentType }>>> = {
  recordings: () => import('../pages/recordings/recordings-page.js'),
  'recordings/:id': () => import('../pages/recordings/recording-page.js'),
  certificates: () => import('../pages/certificates/certificates-page.js'),
  'certificates/:alias': () => import('../pages/certificates/certificate-page.js'),
  'screen-recording-certificates': () => import('../pages/screen-recording-certificates/assigned-page.js'),
  archives: () => import('../pages/archives/archives-page.js'),
  'archives/:id': () => import('../pages/archives/archive-page.js'),
  audit: () => import('../pages/audit/audit-page.js'),
  users: () => import('../pages/users/users-page.js'),
  system: () => import('../pages/system/system-page.js'),
};

/** What is shown at the path of a page, and below it. */
export const routesOf = ({ path }: Page): RouteObject[] =>
  routePaths
    .filter(each => each === path || each.startsWith(`${path}/`))
    .map(each =>
      each === path ? { index: true, lazy: loads[each] } : { path: each.slice(path.length + 1), lazy: loads[each] },
    );
