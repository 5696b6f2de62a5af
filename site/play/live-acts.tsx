/** The buttons of a session that goes on in this page: what its client, its server and its clock can do, each with a key. */

import { useEffect, useRef } from 'preact/hooks';
import { isTyping } from '../../src/inspector/page/shell/keys.ts';
import type { LiveAct } from './live-session.ts';

export interface LiveActsProps {
  readonly can: (act: LiveAct) => boolean;
  readonly act: (act: LiveAct) => void;
  readonly isOver: boolean;
  readonly begin: () => void;
}

interface ActButton {
  readonly act: LiveAct;
  readonly label: string;
  readonly key: string;
  readonly says: string;
}

const groups: readonly { readonly who: string; readonly acts: readonly ActButton[] }[] = [
  {
    who: 'client',
    acts: [
      { act: 'initialize', label: 'Initialize', key: 'i', says: 'The client begins the handshake' },
      { act: 'request', label: 'Request', key: 'r', says: 'The client calls a tool, agreed or not' },
      { act: 'cancel', label: 'Cancel', key: 'c', says: 'The client cancels the oldest call that waits' },
      { act: 'reply', label: 'Reply', key: 'y', says: 'The client answers what the server asked it' },
      { act: 'close', label: 'Close', key: 'q', says: 'The client ends its input; what waits may finish' },
    ],
  },
  {
    who: 'server',
    acts: [
      { act: 'answer', label: 'Response', key: 'a', says: 'The server answers the oldest request that it has heard' },
      { act: 'fail', label: 'Error', key: 'e', says: 'The server answers it with an error' },
      { act: 'progress', label: 'Progress', key: 'g', says: 'The server says how far it is: the deadline moves' },
      { act: 'ask', label: 'Ask', key: 's', says: 'The server asks the client for a message of its model' },
      { act: 'crash', label: 'Crash', key: 'x', says: 'The process of the server ends with code 1' },
    ],
  },
  {
    who: 'clock',
    acts: [
      { act: 'second', label: '+1 s', key: '1', says: 'A second passes' },
      { act: 'timeout', label: 'Timeout', key: 't', says: 'Time passes until a deadline, or a restart of the server' },
    ],
  },
];

export function LiveActs(props: LiveActsProps) {
  const newest = useRef(props);
  newest.current = props;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      const { can, act, isOver, begin } = newest.current;
      if (event.key === 'n' && isOver) begin();
      const pressed = groups.flatMap(({ acts }) => acts).find(({ key }) => key === event.key);
      if (pressed !== undefined && can(pressed.act)) act(pressed.act);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const { can, act, isOver, begin } = props;
  return (
    <div class="acts" role="group" aria-label="Send an event">
      {groups.map(({ who, acts }) => (
        <div key={who} class={`acts-of acts-${who}`} role="group" aria-label={`The ${who}`}>
          <span class="acts-who">{who}</span>
          {acts.map((button) => (
            <button
              key={button.act}
              type="button"
              title={`${button.says} (${button.key})`}
              // Stays in reach of keys when it can do nothing for the moment: focus is not lost.
              aria-disabled={!can(button.act)}
              aria-keyshortcuts={button.key}
              onClick={() => act(button.act)}
            >
              {button.label} <kbd aria-hidden="true">{button.key}</kbd>
            </button>
          ))}
        </div>
      ))}
      {isOver && (
        <button type="button" class="primary" onClick={begin} aria-keyshortcuts="n">
          New session <kbd aria-hidden="true">n</kbd>
        </button>
      )}
    </div>
  );
}
