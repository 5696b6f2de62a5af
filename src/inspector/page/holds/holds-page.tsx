/** Frames that wait for a person, of all processes: which, for how long still, and what to do about one. */

import { useEffect, useState } from 'preact/hooks';
import { nowMs } from '../parts/seconds.ts';
import { isTyping } from '../shell/keys.ts';
import type { PageStore } from '../store/page-store.ts';
import { BreakpointsPanel } from './breakpoints-panel.tsx';
import { type HeldFrame, heldFrames, keyOf } from './held-frame.ts';
import { HoldEditor } from './hold-editor.tsx';
import './holds.css';
import { usePolled } from './polled.tsx';

export function HoldsPage({ store }: { readonly store: PageStore }) {
  const paused = usePolled(store, '/pause');
  const breakpoints = usePolled(store, '/breakpoints');
  const [chosenKey, choose] = useState<string | undefined>(undefined);
  const frames = heldFrames(paused.answers);
  const at = frames.findIndex((frame) => keyOf(frame) === chosenKey);
  const chosen = frames[at] ?? frames[0];
  // What is looked at stays in sight when another one comes that is decided sooner.
  useEffect(() => {
    if (at < 0) choose(chosen === undefined ? undefined : keyOf(chosen));
  }, [at, chosen]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
      if (step === undefined || frames.length === 0) return;
      const next = frames[Math.max(0, Math.min(frames.length - 1, Math.max(0, at) + step))];
      choose(next === undefined ? undefined : keyOf(next));
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });

  return (
    <div class="holds">
      <div class="held">
        <h1>
          Held frames <span class="badge">{frames.length}</span>
        </h1>
        <ul>
          {frames.map((frame) => (
            <li key={keyOf(frame)}>
              <button
                type="button"
                aria-current={frame === chosen ? 'true' : undefined}
                onClick={() => choose(keyOf(frame))}
              >
                <HeldLine frame={frame} />
              </button>
            </li>
          ))}
          {frames.length === 0 && (
            <li class="dim none">
              Nothing waits for a decision. A breakpoint below, or a rule with <code>pause</code>, holds frames here.
            </li>
          )}
        </ul>
        <BreakpointsPanel store={store} polled={breakpoints} />
      </div>
      {chosen !== undefined && <HoldEditor key={keyOf(chosen)} store={store} frame={chosen} onDecided={paused.again} />}
    </div>
  );
}

function HeldLine({ frame }: { readonly frame: HeldFrame }) {
  const { method, kind, direction, rule, pid, decidesAt, byDefault } = frame;
  const seconds = Math.max(0, Math.ceil((decidesAt - nowMs.value) / 1_000));
  return (
    <>
      <span class="what">
        <span aria-hidden="true">{direction === 'client-to-server' ? '→' : '←'}</span> {kind} <strong>{method}</strong>
      </span>
      <span class={seconds < 10 ? 'when soon' : 'when'}>
        {byDefault} in {seconds} s
      </span>
      <span class="dim by">
        {rule} · {pid} · <span class="mono">{frame.sessionId}</span>
      </span>
    </>
  );
}
