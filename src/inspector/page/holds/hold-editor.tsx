/** One held frame: its message, to be looked at, changed, let go on, or refused. */

import { useEffect, useState } from 'preact/hooks';
import type { AdminAnswer, AdminCall } from '../connection/admin.ts';
import type { PageStore } from '../store/page-store.ts';
import { spokenDirection } from '../exchange/event-words.ts';
import { hrefOf } from '../routes.ts';
import { type HeldFrame, editedMessage } from './held-frame.ts';

export interface HoldEditorProps {
  readonly store: PageStore;
  readonly frame: HeldFrame;
  /** It is not held any more. */
  readonly onDecided: () => void;
}

type Message = Readonly<Record<string, unknown>>;

export function HoldEditor({ store, frame, onDecided }: HoldEditorProps) {
  const { pid, id } = frame;
  const [original, setOriginal] = useState<Message | undefined>(undefined);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [isAsking, setAsking] = useState(false);

  useEffect(() => {
    let isStale = false;
    void store.ask(pid, { method: 'GET', path: `/pause/${id}` }).then((answer) => {
      if (isStale) return;
      if (answer.kind !== 'answered') {
        setProblem(answer.message);
        return;
      }
      const { message } = answer.body as { readonly message: Message };
      setOriginal(message);
      setText(JSON.stringify(message, null, 2));
    });
    return () => {
      isStale = true;
    };
  }, [store, pid, id]);

  const decide = async (call: Pick<AdminCall, 'path' | 'body'>): Promise<void> => {
    setAsking(true);
    const answer: AdminAnswer = await store.ask(pid, { method: 'POST', ...call });
    setAsking(false);
    if (answer.kind === 'answered') onDecided();
    else setProblem(answer.message);
  };

  const edited = original === undefined ? undefined : editedMessage(original, text);
  const resume = (): void => {
    if (edited?.kind === 'same') void decide({ path: `/pause/${id}/resume` });
    if (edited?.kind === 'changed') {
      void decide({ path: `/pause/${id}/modify`, body: { message: edited.message } });
    }
  };
  const block = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const [code, message] = [fields.get('code') as string, fields.get('message') as string];
    const body = { ...(code === '' ? {} : { code: Number(code) }), ...(message === '' ? {} : { message }) };
    void decide({ path: `/pause/${id}/block`, body });
  };

  return (
    <section class="hold" aria-label="Held frame">
      <dl class="facts">
        <div>
          <dt>held by</dt>
          <dd>{frame.rule}</dd>
        </div>
        <div>
          <dt>session</dt>
          <dd>
            <a class="mono" href={hrefOf({ view: 'session', pid, sessionId: frame.sessionId })}>
              {frame.sessionId}
            </a>
          </dd>
        </div>
        <div>
          <dt>direction</dt>
          <dd>{spokenDirection(frame.direction)}</dd>
        </div>
      </dl>
      <textarea
        aria-label="Message"
        aria-invalid={edited?.kind === 'wrong'}
        aria-describedby="hold-problem"
        spellcheck={false}
        value={text}
        disabled={original === undefined}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) resume();
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <p id="hold-problem" class="problem" role="status">
        {edited?.kind === 'wrong' ? edited.problem : problem}
      </p>
      <div class="decisions">
        <button
          type="button"
          class="primary"
          title="Ctrl+Enter in the message"
          disabled={isAsking || edited === undefined || edited.kind === 'wrong'}
          onClick={resume}
        >
          {edited?.kind === 'changed' ? 'Resume as edited' : 'Resume'}
        </button>
        <button
          type="button"
          disabled={edited === undefined || edited.kind === 'same'}
          onClick={() => setText(JSON.stringify(original, null, 2))}
        >
          Undo changes
        </button>
        <form onSubmit={block}>
          <input type="number" name="code" aria-label="Error code" placeholder="-32000" step={1} />
          <input type="text" name="message" aria-label="Reason" placeholder="reason" maxLength={500} />
          <button type="submit" class="danger" disabled={isAsking}>
            Block
          </button>
        </form>
      </div>
    </section>
  );
}
