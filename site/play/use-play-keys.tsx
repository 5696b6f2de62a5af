/** The keys that a person tries first: the arrows step, and Space plays. */

import { useEffect, useRef } from 'preact/hooks';
import { isTyping } from '../../src/inspector/page/shell/keys.ts';

/** Where Space and the arrows have a meaning of their own. */
const own = 'button, a, summary, input, select, textarea';

/** @param index asked at each key, since keys come faster than pictures. */
export function usePlayKeys(index: () => number, to: (index: number) => void, turn: () => void): void {
  const newest = useRef({ index, to, turn });
  newest.current = { index, to, turn };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      const now = newest.current;
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step !== undefined) now.to(now.index() + step);
      else if (event.key === ' ' && !(event.target instanceof Element && event.target.closest(own) !== null))
        now.turn();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
