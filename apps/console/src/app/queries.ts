import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem.js';

/** What passes by itself is tried again; what the server refused is shown at once. */
const mayPass = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 0 || error.status === 502 || error.status >= 503);

export const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: (count, error) => count < 2 && mayPass(error), staleTime: 5_000 },
    mutations: { retry: false },
  },
});
