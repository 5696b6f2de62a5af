/** Asks processes the same again and again, while somebody looks. */

import { useCallback, useEffect, useState } from 'preact/hooks';
import type { AdminAnswer } from '../connection/admin.ts';
import type { PageStore } from '../store/page-store.ts';

const everyMs = 1_000;

export interface Polled {
  /** By pid; a process that has not answered yet is not in it. */
  readonly answers: ReadonlyMap<number, AdminAnswer>;
  /** Asks now. */
  readonly again: () => void;
}

/** @param only these; all of them unless told. */
export function usePolled(store: PageStore, path: string, only?: readonly number[]): Polled {
  const [answers, setAnswers] = useState<ReadonlyMap<number, AdminAnswer>>(new Map());
  const [round, setRound] = useState(0);
  const pids = (only ?? [...store.processes.value.keys()]).join();
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const all = pids === '' ? [] : pids.split(',').map(Number);
      const answered = await Promise.all(
        all.map(async (pid) => [pid, await store.ask(pid, { method: 'GET', path })] as const),
      );
      if (isOver) return;
      setAnswers(new Map(answered));
      timer = setTimeout(() => void ask(), everyMs);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [store, path, pids, round]);
  const again = useCallback(() => setRound((last) => last + 1), []);
  return { answers, again };
}
