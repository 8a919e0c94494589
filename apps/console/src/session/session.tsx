import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { whenLoginIsNeeded, type LoginReason } from '../api/send.js';
import { Failure } from '../components/failure.js';
import { Loading } from '../components/loading.js';
import { LogInAgain } from './log-in-again.js';
import type { LoginOutcome } from './login-outcome.js';
import { LoginPage } from './login-page.js';
import { logOut, readMe, type Me } from './session-api.js';

interface Session {
  readonly me: Me;
  readonly logOut: () => Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);
const meKey = ['me'] as const;

interface OpenQuestion {
  readonly reason: LoginReason;
  readonly answer: (loggedIn: boolean) => void;
}

interface Properties {
  /** How a log-in at the provider ended that has led here. */
  readonly outcome: LoginOutcome;
  readonly children: ReactNode;
}

/** Shows its children to whoever is logged in, and the log-in page to everybody else. */
export function SessionGate({ outcome, children }: Properties) {
  const queries = useQueryClient();
  const {
    data: me,
    isPending,
    error,
    refetch,
  } = useQuery({ queryKey: meKey, queryFn: async () => (await readMe()) ?? null });
  const [question, setQuestion] = useState<OpenQuestion>();

  useEffect(() => {
    if (me == null) return;
    whenLoginIsNeeded(reason => new Promise(answer => setQuestion({ reason, answer })));
    return () => whenLoginIsNeeded(undefined);
  }, [me]);

  if (isPending) return <Loading />;
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (me === null) return <LoginPage outcome={outcome} onLogIn={() => void refetch()} />;

  const leave = (): void => {
    whenLoginIsNeeded(undefined);
    queries.setQueryData(meKey, null);
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meKey[0] });
  };
  const settle = (loggedIn: boolean): void => {
    question?.answer(loggedIn);
    setQuestion(undefined);
    // Who will not log in again leaves; who will not confirm an act goes on without it.
    if (!loggedIn && question?.reason === 'expired') leave();
  };
  const session: Session = {
    me,
    logOut: async () => {
      const elsewhere = await logOut();
      leave();
      if (elsewhere !== undefined) location.assign(elsewhere);
    },
  };
  return (
    <SessionContext value={session}>
      {children}
      {question !== undefined && <LogInAgain me={me} reason={question.reason} onSettled={settle} />}
    </SessionContext>
  );
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('the session is used where nobody is logged in');
  return session;
}
