/**
 * The playbook of the test that runs. It is ended after the test, so that no scenario can forget to ask whether everything
 * that was said is accounted for and nothing is left behind.
 */
import { onTestFinished } from 'vitest';
import { Playbook, type PlaybookOptions } from '../../src/testing/playbook.ts';

export function playbook(options?: PlaybookOptions): Playbook {
  const opened = new Playbook(options);
  onTestFinished(async () => opened.ends());
  return opened;
}
