/**
 * The whole state of an object as text: own and private fields, maps, sets, typed arrays, all the way down. Looks through
 * V8's inspector, because nothing in the language sees the # fields of somebody else's class.
 */
import { type Runtime, Session } from 'node:inspector';

/** Fields that lead back up or sideways: what is behind them is looked at where it belongs. */
export interface Omitted {
  readonly fields: ReadonlySet<string>;
}

type Property = Pick<Runtime.PropertyDescriptor, 'name' | 'value'>;

interface Properties {
  readonly result: readonly Property[];
  readonly internalProperties?: readonly Property[];
  readonly privateProperties?: readonly Property[];
}

const depthMax = 12;

export class WholeState {
  readonly #session = new Session();
  readonly #omitted: ReadonlySet<string>;

  constructor({ fields }: Omitted) {
    this.#omitted = fields;
    this.#session.connect();
  }

  of(object: object): string {
    const holder = globalThis as { looked?: unknown };
    holder.looked = object;
    const { result } = this.#ask<{ result: Runtime.RemoteObject }>('Runtime.evaluate', { expression: 'looked' });
    const text = this.#textOf(result, 0);
    this.#ask('Runtime.releaseObjectGroup', { objectGroup: '' });
    delete holder.looked;
    return text;
  }

  close(): void {
    this.#session.disconnect();
  }

  #textOf(value: Runtime.RemoteObject, depth: number): string {
    if (value.type === 'function') return 'a function';
    if (value.objectId === undefined) return value.unserializableValue ?? JSON.stringify(value.value) ?? 'undefined';
    if (depth > depthMax)
      throw new Error(`Nested deeper than ${depthMax}: is there a way back up that is not omitted?`);
    const found = this.#ask<Properties>('Runtime.getProperties', { objectId: value.objectId, ownProperties: true });
    const entries = found.internalProperties?.filter(({ name }) => name === '[[Entries]]') ?? [];
    const properties = [...found.result, ...(found.privateProperties ?? []), ...entries];
    const lines = properties
      .filter(({ name, value: known }) => known !== undefined && name !== '__proto__' && !this.#omitted.has(name))
      .map(({ name, value: known }) => `${name}: ${this.#textOf(known!, depth + 1)}`);
    return `${value.className ?? ''}{${lines.map((line) => `\n${line}`.replaceAll('\n', '\n  ')).join('')}\n}`;
  }

  #ask<T>(method: string, parameters: object): T {
    let answer: { readonly error: Error | null; readonly result: unknown } | undefined;
    // Within one thread the inspector answers before `post` returns.
    this.#session.post(method, parameters, (error, result) => {
      answer = { error, result };
    });
    if (answer === undefined) throw new Error(`The inspector did not answer ${method}`);
    if (answer.error !== null) throw answer.error;
    return answer.result as T;
  }
}
