/** What does nothing of what a command line asks for, for tests of one part of it. */
import type { AllRunners } from '../../src/cli/program.ts';

const nothing = async (): Promise<void> => {};

export const idleRunners: AllRunners = {
  stdio: nothing,
  listening: nothing,
  gateway: nothing,
  compat: nothing,
  config: nothing,
  inspect: nothing,
  open: nothing,
  sessions: nothing,
  breakpoints: nothing,
  pause: nothing,
  auth: nothing,
  rules: nothing,
  tape: nothing,
  verify: nothing,
  wrap: nothing,
  doctor: nothing,
};
