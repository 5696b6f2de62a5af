/** The keys that go through the history of a session. */

import { useEffect, useRef } from 'preact/hooks';
import { isTyping } from '../shell/keys.ts';

/** Nothing is typed into a slider. */
function isSlider(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'range';
}

/** Where somebody is, and which is the last event, from 0 on: asked at each key, since keys come faster than pictures. */
export type ScrubPlace = () => { readonly index: number; readonly last: number };

/** `[` and `]` go one event, with Shift ten; Home goes to the first one, and End to now. */
export function useScrubKeys(place: ScrubPlace, to: (index: number | 'live') => void): void {
  const newest = useRef({ place, to });
  newest.current = { place, to };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || (isTyping(event) && !isSlider(event.target))) return;
      const { place: now, to: move } = newest.current;
      const { index, last } = now();
      const step = { '[': -1, ']': 1, '{': -10, '}': 10 }[event.key];
      if (event.key === 'End') move('live');
      else if (event.key === 'Home') move(0);
      else if (step !== undefined) move(index + step >= last && step > 0 ? 'live' : index + step);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
