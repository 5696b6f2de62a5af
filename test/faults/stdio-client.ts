/** The client of `forward stdio`: whoever started the process. */

import { type Message, type Program, start } from '../e2e/program.ts';
import { type Answer, type Client, type RequestId, newId, text } from './client.ts';

export class StdioClient implements Client {
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }

  heard(): readonly Message[] {
    return this.program.messages();
  }

  async until<T>(find: () => T | undefined, what?: string): Promise<T> {
    return this.program.until(find, what);
  }

  send(message: object): void {
    this.program.write(`${text(message)}\n`);
  }

  async askBytes(parts: readonly (string | Uint8Array)[], id: RequestId | null): Promise<Answer> {
    const before = this.heard().length;
    for (const part of parts.slice(0, -1)) await this.#readAlone(part);
    this.program.write(parts.at(-1) ?? '');
    this.program.write('\n');
    const isOurs = (message: Message): boolean => message.method === undefined && (message.id ?? null) === id;
    try {
      return { message: await this.program.until(() => this.heard().slice(before).find(isOurs)) };
    } catch {
      return { isOver: true };
    }
  }

  /** What stands in one chunk before it was answered, so this part was read before the next is written. */
  async #readAlone(part: string | Uint8Array): Promise<void> {
    const id = newId();
    this.program.write(Buffer.concat([Buffer.from(`${text({ id, method: 'ping' })}\n`), Buffer.from(part)]));
    await this.program.answer(id);
  }

  async leave(): Promise<void> {
    this.program.endInput();
    await this.program.exit;
  }

  vanish(): void {
    this.program.process.stdin?.destroy();
    this.program.process.stdout?.destroy();
  }
}

export const startStdio = (command: readonly string[]): StdioClient => new StdioClient(start(command));
