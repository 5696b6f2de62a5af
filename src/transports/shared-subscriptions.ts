/**
 * Subscriptions to resources, counted over all members of a shared server: it is asked for a resource when the first member
 * wants to hear of it, and told to stop when the last one does not any more; the others are answered in its place. What is
 * asked and answered is decided here and done elsewhere.
 */

import { refusal } from '../errors.ts';
import { encodeResultResponse, idTokenOf } from '../protocol/encode.ts';
import type { RequestId } from '../protocol/envelope.ts';
import { retryAfterMs } from '../session/limits.ts';
import { encodeRefusal } from '../session/tell.ts';
import type { Answer, Ask, Steps } from './shared-ask.ts';
import type { SharedMember } from './shared-member.ts';

/** A request for a resource that has no answer yet. */
interface Wish {
  readonly ask: Ask;
  /** False: its member has asked for the end of the subscription since. */
  isCurrent: boolean;
}

/** Is held, or asked for: while it is held no wish waits. The server works on the first wish; the others wait for its answer. */
interface Resource {
  readonly holders: Set<SharedMember>;
  readonly wishes: Wish[];
}

/** Resources of one member. Their names are its own choice. */
const resourcesPerMemberMax = 1000;

export class SharedSubscriptions {
  readonly #resources = new Map<string, Resource>();
  /** What each member holds or wishes for. */
  readonly #uris = new Map<SharedMember, Set<string>>();
  /** The resource that each wish is about. */
  readonly #asks = new Map<RequestId, string>();

  subscribe(ask: Ask, uri: string): Steps {
    const { member } = ask;
    const uris = this.#uris.get(member) ?? new Set();
    if (!uris.has(uri) && uris.size >= resourcesPerMemberMax) return { answers: [refused(ask)] };
    this.#uris.set(member, uris.add(uri));
    const resource = this.#resources.get(uri);
    if (resource !== undefined && resource.wishes.length === 0) {
      resource.holders.add(member);
      return { answers: [granted(ask)] };
    }
    const wish: Wish = { ask, isCurrent: true };
    this.#asks.set(ask.id, uri);
    if (resource !== undefined) {
      resource.wishes.push(wish);
      return {};
    }
    this.#resources.set(uri, { holders: new Set(), wishes: [wish] });
    return { sends: [ask] };
  }

  /** The server hears of it from the last holder, and from a member when nobody has to do with the resource. */
  unsubscribe(ask: Ask, uri: string): Steps {
    const { member } = ask;
    const resource = this.#resources.get(uri);
    if (resource === undefined) return { sends: [ask] };
    for (const wish of resource.wishes) if (wish.ask.member === member) wish.isCurrent = false;
    resource.holders.delete(member);
    this.#forget(member, uri, resource);
    return this.#isGivenUp(uri, resource) ? { sends: [ask] } : { answers: [granted(ask)] };
  }

  /** The server has answered the request with this id, which need not be about a resource. */
  answered(id: RequestId, isError: boolean): Steps {
    const uri = this.#asks.get(id);
    const resource = uri === undefined ? undefined : this.#resources.get(uri);
    if (uri === undefined || resource?.wishes[0]?.ask.id !== id) return {};
    const { holders, wishes } = resource;
    const settled = wishes.splice(0, isError ? 1 : wishes.length);
    for (const { ask, isCurrent } of settled) {
      this.#asks.delete(ask.id);
      if (isCurrent && !isError) holders.add(ask.member);
    }
    for (const { ask } of settled) this.#forget(ask.member, uri, resource);
    const answers = settled.slice(1).map(({ ask }) => granted(ask));
    const isGivenUp = this.#isGivenUp(uri, resource);
    return { answers, sends: firstOf(wishes), unsubscribes: isGivenUp && !isError ? [uri] : [] };
  }

  /**
   * A request that its member gives up, and that need not be about a resource. Undefined: it waited here, and the server has
   * not heard of it.
   */
  calledOff(id: RequestId): Steps | undefined {
    const uri = this.#asks.get(id);
    const resource = uri === undefined ? undefined : this.#resources.get(uri);
    if (uri === undefined || resource === undefined) return {};
    const wasFirst = resource.wishes[0]?.ask.id === id;
    const { member } = this.#withdraw(resource, (ask) => ask.id === id)[0]!;
    this.#forget(member, uri, resource);
    return wasFirst ? this.#goOn(uri, resource) : undefined;
  }

  left(member: SharedMember): Steps {
    const sends: Ask[] = [];
    const unsubscribes: string[] = [];
    for (const uri of this.#uris.get(member) ?? []) {
      const resource = this.#resources.get(uri)!;
      const wasFirst = resource.wishes[0]?.ask.member === member;
      this.#withdraw(resource, (ask) => ask.member === member);
      const hasHeld = resource.holders.delete(member);
      if (!wasFirst && !hasHeld) continue;
      const steps = this.#goOn(uri, resource);
      sends.push(...(steps.sends ?? []));
      unsubscribes.push(...(steps.unsubscribes ?? []));
    }
    this.#uris.delete(member);
    return { sends, unsubscribes };
  }

  /** The members that asked to hear of the resource, or of what it is a part of (2025-11-25, server/resources). */
  holdersOf(uri: string): ReadonlySet<SharedMember> {
    const holders = new Set<SharedMember>();
    const add = (whole: string): void => {
      for (const member of this.#resources.get(whole)?.holders ?? []) holders.add(member);
    };
    add(uri);
    for (const { index } of uri.matchAll(/[/?#]/g)) {
      add(uri.slice(0, index));
      if (index + 1 < uri.length) add(uri.slice(0, index + 1));
    }
    return holders;
  }

  /** Who made the first wish is not answered any more: the next one is asked for; and where there is none, for the end. */
  #goOn(uri: string, resource: Resource): Steps {
    if (this.#isGivenUp(uri, resource)) return { unsubscribes: [uri] };
    return { sends: resource.holders.size > 0 ? [] : firstOf(resource.wishes) };
  }

  #withdraw({ wishes }: Resource, isMeant: (ask: Ask) => boolean): readonly Ask[] {
    const withdrawn = wishes.map(({ ask }) => ask).filter(isMeant);
    for (const ask of withdrawn) {
      this.#asks.delete(ask.id);
      wishes.splice(
        wishes.findIndex((wish) => wish.ask === ask),
        1,
      );
    }
    return withdrawn;
  }

  #isGivenUp(uri: string, { holders, wishes }: Resource): boolean {
    if (holders.size > 0 || wishes.length > 0) return false;
    this.#resources.delete(uri);
    return true;
  }

  /** Where a member has nothing to do with a resource any more. */
  #forget(member: SharedMember, uri: string, { holders, wishes }: Resource): void {
    if (holders.has(member) || wishes.some(({ ask }) => ask.member === member)) return;
    const uris = this.#uris.get(member);
    uris?.delete(uri);
    if (uris?.size === 0) this.#uris.delete(member);
  }
}

function firstOf(wishes: readonly Wish[]): readonly Ask[] {
  return wishes.slice(0, 1).map(({ ask }) => ask);
}

function granted({ member, id }: Ask): Answer {
  return { member, message: encodeResultResponse(idTokenOf(id), {}) };
}

function refused({ member, id }: Ask): Answer {
  const limit = resourcesPerMemberMax;
  const why = refusal('TOO_MANY_REQUESTS', { scope: 'session', current: limit, limit, retryAfterMs });
  return { member, message: encodeRefusal(idTokenOf(id), why) };
}
