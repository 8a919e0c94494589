import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/table.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { queries } from './app/queries.js';
import { router } from './app/router.js';
import { applyTheme } from './app/theme.js';
import { LoggedInBeside } from './session/logged-in-beside.js';
import { takeOutcome } from './session/login-outcome.js';
import { SessionGate } from './session/session.js';
import { TextsProvider } from './texts/use-texts.js';

applyTheme();
const outcome = takeOutcome();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the console');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <TextsProvider>
        {outcome.isDoneBeside ? (
          <LoggedInBeside />
        ) : (
          <SessionGate outcome={outcome}>
            <RouterProvider router={router} />
          </SessionGate>
        )}
      </TextsProvider>
    </QueryClientProvider>
  </StrictMode>,
);
