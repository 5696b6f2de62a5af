/**
 * Where the command starts. Puts a server into motion before anything is loaded that it does not need for that: a command line
 * without flags says all there is to know, and every other one goes to the parser.
 */

import { plainForward } from './plain-forward.ts';
import type { AllRunners } from './program.ts';
import { runForward } from './run-forward.ts';

/** @param words what follows the name of the program. */
export async function start(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const plain = plainForward(words, environment);
  if (plain !== undefined) return runForward(plain);
  const { runProgram, sayTo } = await import('./program.ts');
  const terminalOf = (stream: NodeJS.WriteStream) => ({ isTTY: stream.isTTY, write: sayTo(stream) });
  const runners: AllRunners = {
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
      const { doWithTape } = await import('./tape-tasks.ts');
      process.exitCode = await doWithTape(request, process, environment);
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
    compat: async (request) => {
      const [{ runCompat }, { readFileSync }] = await Promise.all([import('./run-compat.ts'), import('node:fs')]);
      const exitCode = await runCompat(request, {
        environment,
        platform: process.platform,
        readText: (file) => readFileSync(file, 'utf8'),
        out: sayTo(process.stdout),
        err: sayTo(process.stderr),
        goTo: (folder) => process.chdir(folder),
        set: (variable, value) => {
          environment[variable] = value;
        },
        run: async (line) => runProgram(line, runners),
      });
      if (exitCode !== undefined) process.exitCode = exitCode;
    },
  };
  return runProgram(words, runners);
}
