/** What there is to say about one line of the sequence diagram: outcome, time, size, who decided, and what is wrong. */

import type { Outcome } from '../../../session/outcomes.ts';
import type { TracedProblem } from '../../feed-messages.ts';
import type { Exchange } from './exchanges.ts';
import { spokenBytes, spokenId, spokenMs } from './spoken.ts';
import type { MessageLine, TimelineLine } from './timeline.ts';

export interface WordsProps {
  readonly line: TimelineLine;
  /** The event after which the session is shown. What is later is not known yet. */
  readonly cursorSeq: number;
  readonly isLive: boolean;
  /** On the clock of the events. */
  readonly now: number;
}

export function Words(props: WordsProps) {
  const { line } = props;
  switch (line.type) {
    case 'message':
      return (
        <>
          <MessageWords {...props} line={line} />
          <Problem problem={line.problem} />
        </>
      );
    case 'answer':
      return <OutcomeWord outcome={line.outcome} elapsedMs={line.exchange.elapsedMs} />;
    case 'state':
    case 'note':
      return (
        <>
          {line.type === 'state' && <span class="mono">{line.event}</span>}
          {line.detail !== '' && <span class="dim">{line.detail}</span>}
          <Problem problem={line.problem} />
        </>
      );
    case 'pause':
    case 'missed':
      return null;
  }
}

function MessageWords({ line, cursorSeq, isLive, now }: WordsProps & { readonly line: MessageLine }) {
  const { exchange, kind, bytes, decidedBy, passage, seq } = line;
  // Of what was still to come all is told that is known.
  const isKnown = exchange?.settledSeq !== undefined && (isLive || seq > cursorSeq || exchange.settledSeq <= cursorSeq);
  return (
    <>
      {passage === 'held' && <span class="badge">held</span>}
      {kind === 'request' && exchange !== undefined && exchange.settledSeq !== seq && (
        <RequestWords exchange={exchange} isKnown={isKnown} isLive={isLive} now={now} />
      )}
      {kind !== 'request' && exchange?.settledSeq === seq && (
        <OutcomeWord outcome={exchange.outcome!} elapsedMs={exchange.elapsedMs} />
      )}
      {decidedBy.map((step) => (
        <span key={step} class="badge">
          {step}
        </span>
      ))}
      <span class="dim">{spokenBytes(bytes)}</span>
    </>
  );
}

interface RequestWordsProps {
  readonly exchange: Exchange;
  readonly isKnown: boolean;
  readonly isLive: boolean;
  readonly now: number;
}

function RequestWords({ exchange, isKnown, isLive, now }: RequestWordsProps) {
  const others = exchange.during.length > 1 ? exchange.during.slice(0, 3).map(({ id }) => spokenId(id)) : [];
  return (
    <>
      {isKnown ? (
        <span class="dim">
          {exchange.outcome} {spokenMs(exchange.elapsedMs ?? 0)}
        </span>
      ) : (
        <span class="waits">
          waits{isLive ? ` ${spokenMs(Math.floor((now - exchange.openedAt) / 1000) * 1000)}` : ''}
        </span>
      )}
      {others.length > 0 && (
        <span class="dim" title="It came while these waited; which of them caused it is not known">
          during {others.join(', ')}
        </span>
      )}
    </>
  );
}

function OutcomeWord({ outcome, elapsedMs }: { readonly outcome: Outcome; readonly elapsedMs: number | undefined }) {
  return (
    <span class={`outcome outcome-${outcome}`}>
      <b>{outcome}</b>
      {elapsedMs !== undefined && ` ${spokenMs(elapsedMs)}`}
    </span>
  );
}

export function Problem({ problem }: { readonly problem: TracedProblem | undefined }) {
  if (problem === undefined) return null;
  return (
    <span class="line-problem" title={problem.text}>
      <span aria-hidden="true">⚠</span> <span class="line-problem-text">{problem.text}</span>
      {problem.spec !== undefined && (
        <a href={problem.spec} target="_blank" rel="noreferrer" onClick={(event) => event.stopPropagation()}>
          spec
        </a>
      )}
    </span>
  );
}
