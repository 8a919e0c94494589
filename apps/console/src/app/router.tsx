import { createHashRouter, Navigate } from 'react-router';
import { Layout } from './layout.js';
import { PageFailure, PageNotFound } from './page-failure.js';
import { pages, routesOf } from './pages.js';

/**
 * What page it is stands behind the `#`: the server has one page, whatever path a proxy gives it, and a link leads to the
 * very place.
 */
export const router = createHashRouter([
  {
    path: '/',
    element: <Layout />,
    errorElement: <PageFailure />,
    children: [
      { index: true, element: <Navigate to="/recordings" replace /> },
      ...pages.map(page => ({ path: page.path, errorElement: <PageFailure />, children: routesOf(page) })),
      { path: '*', element: <PageNotFound /> },
    ],
  },
]);
