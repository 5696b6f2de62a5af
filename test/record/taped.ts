/** Tapes of conversations, as their readers get them. Nothing is written anywhere. */
import { Recorder } from '../../src/record/recorder.ts';
import { type TapePart, tapePartsOf } from '../../src/record/tape-parts.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { Playbook, type Talk } from '../../src/testing/playbook.ts';
import type { ScriptedServer } from '../../src/testing/scripted-peer.ts';
import { KeptLines, plain } from './kept-lines.ts';

export interface TapedOptions {
  readonly sessions?: number;
  /** What happens in each session between the handshake and its end. */
  readonly talk?: (talk: Talk<ScriptedServer>, play: Playbook) => void;
  /** Changes lines on their way, or leaves them out. */
  readonly edit?: (text: string) => string | undefined;
}

function ask({ client, server }: Talk<ScriptedServer>): void {
  client.asks(1, 'tools/list');
  server.takesAll();
  server.answers(1);
  client.takesAll();
}

/** The lines of a tape on which sessions shake hands, do what is said, and are closed. */
export async function tapeTexts({ sessions = 1, talk = ask, edit = (text) => text }: TapedOptions = {}) {
  const sink = new KeptLines();
  const recorder = new Recorder({ sink, hide: plain, digest: () => 'd', bodyBytesMax: 10_000 });
  const play = new Playbook({ tracer: recorder });
  for (let session = 0; session < sessions; session++) {
    const opened = play.open();
    opened.handshake();
    talk(opened, play);
    opened.session.close();
  }
  await play.ends();
  const header = {
    tape: 2,
    ninelives: 'x',
    chart: 'c',
    now: 0,
    wallTime: 0,
    bodies: { redacted: false, bytesMax: 10_000 },
  };
  return [JSON.stringify(header), ...sink.texts].map(edit).filter((text) => text !== undefined);
}

export async function taped(options: TapedOptions = {}): Promise<AsyncIterable<TapePart>> {
  const texts = await tapeTexts(options);
  return tapePartsOf(texts.map((text) => ({ bytes: encodeText(text), isWhole: true })));
}
