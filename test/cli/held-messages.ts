/** `ninelives breakpoints` and `ninelives pause`, read by the parser and run in this process; and a process that they may ask. */
import { commandLine } from '../../src/cli/program.ts';
import { runBreakpoints } from '../../src/cli/run-breakpoints.ts';
import { runPause } from '../../src/cli/run-pause.ts';
import { type Program, forwarding, scripted, start } from '../e2e/program.ts';
import { idleRunners } from './idle-runners.ts';

export async function says(...words: readonly string[]) {
  let [code, out, err] = [-1, '', ''];
  const [to, complain] = [{ write: (text: string) => (out += text) }, { write: (text: string) => (err += text) }];
  const program = commandLine({
    ...idleRunners,
    breakpoints: async (request) => void (code = await runBreakpoints(request, to, complain)),
    pause: async (request) => void (code = await runPause(request, to, complain)),
  });
  await program.parseAsync(words, { from: 'user' });
  return { code, out, err };
}

export async function inspected(): Promise<Program> {
  const program = start(forwarding(scripted(), ['--inspect', '127.0.0.1:0']));
  await program.until(() => program.err.find((line) => line.startsWith('ninelives inspector on ')), 'an inspector');
  await program.initialize();
  return program;
}
