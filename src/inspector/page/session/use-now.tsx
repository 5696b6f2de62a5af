/** The time as a view shows it, between what the process says. */

import { useEffect, useState } from 'preact/hooks';

const stepMs = 500;

/** @param stands the time to show instead, when nothing goes on any more. @returns milliseconds since 1970. */
export function useNow(stands: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  const isRunning = stands === undefined;
  useEffect(() => {
    if (!isRunning) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), stepMs);
    return () => clearInterval(timer);
  }, [isRunning]);
  return stands ?? now;
}
