/** The breakpoints of all processes: what they wait for, how often they have held something, and a form for another one. */

import { useState } from 'preact/hooks';
import { sessionStates } from '../../../session/outcomes.ts';
import { nameOf } from '../overview/session-line.ts';
import type { PageStore } from '../store/page-store.ts';
import { type Breakpoint, type BreakpointFields, bodyOf, spokenBreakpoint } from './breakpoint-form.ts';
import type { Polled } from './polled.tsx';

export interface BreakpointsPanelProps {
  readonly store: PageStore;
  readonly polled: Polled;
}

export function BreakpointsPanel({ store, polled }: BreakpointsPanelProps) {
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const { answers, again } = polled;
  const rows = [...answers].flatMap(([pid, answer]) => {
    if (answer.kind !== 'answered') return [];
    const { breakpoints = [] } = answer.body as { readonly breakpoints?: readonly Breakpoint[] };
    return breakpoints.map((breakpoint) => ({ pid, breakpoint }));
  });
  const takers = [...answers].filter(([, { kind }]) => kind === 'answered').map(([pid]) => pid);

  const remove = async (pid: number, id: string): Promise<void> => {
    const answer = await store.ask(pid, { method: 'DELETE', path: `/breakpoints/${id}` });
    setProblem(answer.kind === 'answered' ? undefined : answer.message);
    again();
  };
  const add = async (form: HTMLFormElement): Promise<void> => {
    const { process, ...fields } = Object.fromEntries(new FormData(form)) as unknown as BreakpointFields & {
      readonly process: string;
    };
    const chosen = process === '' ? takers : [Number(process)];
    const body = bodyOf(fields);
    const said = await Promise.all(
      chosen.map(async (pid) => store.ask(pid, { method: 'POST', path: '/breakpoints', body })),
    );
    const refused = said.find((answer) => answer.kind !== 'answered');
    setProblem(refused?.message);
    if (refused === undefined) form.reset();
    again();
  };

  return (
    <section class="breakpoints" aria-labelledby="breakpoints-title">
      <h2 id="breakpoints-title">Breakpoints</h2>
      <ul>
        {rows.map(({ pid, breakpoint }) => (
          <li key={`${pid}/${breakpoint.id}`}>
            <span>
              {spokenBreakpoint(breakpoint)}{' '}
              <span class="dim">
                · {pid} · held {breakpoint.hits} · {breakpoint.byDefault} after {breakpoint.timeoutMs / 1_000} s
              </span>
            </span>
            <button
              type="button"
              class="plain"
              aria-label={`Remove ${breakpoint.id} of ${pid}`}
              onClick={() => void remove(pid, breakpoint.id)}
            >
              ×
            </button>
          </li>
        ))}
        {rows.length === 0 && <li class="dim">None. A breakpoint holds the frames that it fits, in every session.</li>}
      </ul>
      {takers.length > 0 && (
        <form
          class="breakpoint-form"
          onSubmit={(event) => {
            event.preventDefault();
            void add(event.currentTarget);
          }}
        >
          <label>
            process
            <select name="process">
              <option value="">all</option>
              {takers.map((pid) => (
                <option key={pid} value={pid}>
                  {pid} {nameOfProcess(store, pid)}
                </option>
              ))}
            </select>
          </label>
          <Choice name="kind" options={['request', 'response', 'notification']} />
          <label>
            method
            <input type="text" name="method" placeholder="tools/call" maxLength={256} spellcheck={false} />
          </label>
          <Choice name="direction" options={['client-to-server', 'server-to-client']} />
          <label class="whole">
            condition (CEL)
            <input
              type="text"
              name="when"
              placeholder={'frame.name.startsWith("delete")'}
              maxLength={2048}
              spellcheck={false}
            />
          </label>
          <label>
            session
            <input type="text" name="session" placeholder="any" maxLength={256} spellcheck={false} />
          </label>
          <Choice name="from" label="after state" options={['active', ...sessionStates]} />
          <Choice name="to" label="to state" options={['active', ...sessionStates]} />
          <label>
            seconds
            <input type="number" name="seconds" placeholder="60" min={1} max={3_600} />
          </label>
          <label>
            then
            <select name="byDefault">
              <option value="resume">resume</option>
              <option value="block">block</option>
            </select>
          </label>
          <button type="submit" class="primary">
            Add breakpoint
          </button>
          <p class="problem whole" role="alert">
            {problem}
          </p>
        </form>
      )}
    </section>
  );
}

function nameOfProcess(store: PageStore, pid: number): string {
  const view = store.processes.value.get(pid);
  return view === undefined ? '' : nameOf(view);
}

interface ChoiceProps {
  readonly name: string;
  readonly label?: string;
  readonly options: readonly string[];
}

function Choice({ name, label = name, options }: ChoiceProps) {
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">any</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}
