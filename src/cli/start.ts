/**
 * Where the command starts. Puts a server into motion before anything is loaded that it does not need for that: a command line
 * without flags says all there is to know, and every other one goes to the parser.
 */

import { plainForward } from './plain-forward.ts';
import { runForward } from './run-forward.ts';

/** @param words what follows the name of the program. */
export async function start(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const plain = plainForward(words, environment);
  if (plain !== undefined) return runForward(plain);
  const { runProgram, sayTo } = await import('./program.ts');
  const terminalOf = (stream: NodeJS.WriteStream) => ({ isTTY: stream.isTTY, write: sayTo(stream) });
  return runProgram(words, {
    stdio: runForward,
    listening: async (request) => {
      const { runListening } = await import('./run-listening.ts');
      return runListening(request);
    },
    gateway: async (request) => {
      const { runGateway } = await import('./run-gateway.ts');
      return runGateway(request);
    },
    config: async (request) => {
      const { runConfig } = await import('./run-config.ts');
      process.exitCode = await runConfig(request, environment, terminalOf(process.stdout), terminalOf(process.stderr));
    },
    inspect: async (request) => {
      const { runInspect } = await import('./run-inspect.ts');
      return runInspect(request);
    },
    open: async (request) => {
      const { runOpen } = await import('./run-open.ts');
      process.exitCode = await runOpen(request, terminalOf(process.stdout), terminalOf(process.stderr));
    },
    sessions: async (request) => {
      const { runSessions } = await import('./run-sessions.ts');
      process.exitCode = await runSessions(request, terminalOf(process.stdout), terminalOf(process.stderr));
    },
    breakpoints: async (request) => {
      const { runBreakpoints } = await import('./run-breakpoints.ts');
      process.exitCode = await runBreakpoints(request, terminalOf(process.stdout), terminalOf(process.stderr));
    },
    pause: async (request) => {
      const { runPause } = await import('./run-pause.ts');
      process.exitCode = await runPause(request, terminalOf(process.stdout), terminalOf(process.stderr));
    },
    doctor: async (request) => {
      const [out, err] = [terminalOf(process.stdout), terminalOf(process.stderr)];
      if (request.do === 'leaks') {
        const { interruptOr, runLeaks } = await import('./doctor-leaks.ts');
        process.exitCode = await runLeaks(request, interruptOr(), out, err);
        return;
      }
      const [{ runDoctor }, { homedir }] = await Promise.all([import('./run-doctor.ts'), import('node:os')]);
      const { platform, version } = process;
      const around = { platform, environment, home: homedir(), folder: process.cwd(), version: version.slice(1) };
      process.exitCode = await runDoctor(request, { out, ...around });
    },
    wrap: async (request) => {
      const [{ runWrap }, { launcherOf }, { forwardFlagsProblem }, { packageVersion }, { homedir }] = await Promise.all(
        [
          import('./run-wrap.ts'),
          import('./wrap-launcher.ts'),
          import('./wrap-flags.ts'),
          import('./version.ts'),
          import('node:os'),
        ],
      );
      const { execPath, platform, argv } = process;
      process.exitCode = await runWrap(request, {
        out: terminalOf(process.stdout),
        err: terminalOf(process.stderr),
        input: process.stdin,
        platform,
        environment,
        home: homedir(),
        folder: process.cwd(),
        launcher: launcherOf({ execPath, script: argv[1] ?? '', version: packageVersion(), environment, platform }),
        flagsProblem: forwardFlagsProblem,
      });
    },
    tape: async (request) => {
      const [say, complain] = [sayTo(process.stdout), sayTo(process.stderr)];
      if (request.do === 'open') {
        const { openTapeHere } = await import('./run-tape-open.ts');
        process.exitCode = await openTapeHere(request, say);
        return;
      }
      if (request.do === 'diff') {
        const [{ diffTapes }, { isColoured }] = await Promise.all([
          import('./run-tape-diff.ts'),
          import('./terminal.ts'),
        ]);
        process.exitCode = await diffTapes(request, say, complain, isColoured(process.stdout, environment));
        return;
      }
      if (request.do === 'export') {
        const { exportTape } = await import('./run-tape-export.ts');
        process.exitCode = await exportTape(request, say, complain);
        return;
      }
      if (request.do === 'replay') {
        const { runTapeReplay } = await import('./run-tape-replay.ts');
        process.exitCode = await runTapeReplay(request, say, complain);
        return;
      }
      const { checkTapes, showTape, stepTape } = await import('./run-tape.ts');
      if (request.do === 'show') process.exitCode = await showTape(request, say, complain);
      else if (request.do === 'check') process.exitCode = await checkTapes(request, say, complain);
      else {
        const { terminalKeys } = await import('./terminal-keys.ts');
        process.exitCode = await stepTape(request, say, complain, terminalKeys(process.stdin, process.stdout));
      }
    },
    verify: async (request) => {
      const [{ runVerify }, { untilInterrupted }] = await Promise.all([
        import('./run-verify.ts'),
        import('./interrupted.ts'),
      ]);
      const [out, err] = [terminalOf(process.stdout), terminalOf(process.stderr)];
      const width = process.stdout.columns ?? process.stderr.columns ?? 120;
      process.exitCode = await runVerify(request, { out, err, width, signal: untilInterrupted() });
    },
    rules: async (request) => {
      if (request.do === 'dry-run') {
        const { runDryRun, secondsOrInterrupt } = await import('./run-dry-run.ts');
        const isOver = secondsOrInterrupt(request.seconds);
        process.exitCode = await runDryRun(request, isOver, terminalOf(process.stdout), terminalOf(process.stderr));
        return;
      }
      if (request.do === 'test') {
        const { testRules } = await import('./run-rules-test.ts');
        process.exitCode = await testRules(request, sayTo(process.stdout), sayTo(process.stderr));
        return;
      }
      const { checkRules } = await import('./run-rules.ts');
      process.exitCode = await checkRules(request, sayTo(process.stdout), sayTo(process.stderr));
    },
    auth: async (request) => {
      const { runAuth } = await import('./run-auth.ts');
      process.exitCode = await runAuth(request);
    },
  });
}
