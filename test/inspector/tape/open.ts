/** Tapes of conversations, opened to be looked at. */
import { type OpenedTape, openTape } from '../../../src/inspector/tape/opened-tape.ts';
import { type TapedOptions, taped } from '../../record/taped.ts';

export async function opened(options: TapedOptions = {}): Promise<OpenedTape> {
  const tape = await openTape(await taped(options));
  if ('problem' in tape) throw new Error(tape.problem);
  return tape;
}
