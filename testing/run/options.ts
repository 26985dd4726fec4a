import type { z } from 'zod';
import type { ArtifactStore } from '../../plan/artifact.js';
import type { Json } from '../../plan/json.js';
import type { ModelRegistry } from '../../plan/registry.js';
import type { Stub } from '../stub.js';

/** Anything that is JSON, as an interface too. */
export type JsonLike = Json | object;

/** What an operator decides about a node that is held. */
export type HeldDecision =
  /** Try again: as many attempts as the step has, anew. */
  | 'retry'
  /** End the run as `aborted`. */
  | 'abort'
  /** Nobody comes in time: the run ends as `failed`. */
  | 'expire'
  /** Go on with this in place of the step's output; it is checked by the step's schema. */
  | { readonly skip: JsonLike | null };

/** What somebody decides at an `approval`. */
export interface TestDecision {
  /** Default: true. */
  readonly approved?: boolean;
  /** Who. Default: `somebody`, then `somebody-2`… */
  readonly by?: string;
  /** Default: the first role that may decide then. */
  readonly role?: string;
  readonly reason?: string;
  /** How long the question has waited then: `'2d'`, or milliseconds. Default: as soon as that role may decide. */
  readonly after?: string | number;
  /** What the form asks for. */
  readonly value?: JsonLike;
}

/** What those who decide at an `approval` are shown. */
export interface Asked {
  readonly node: string;
  readonly ask: string;
  readonly show: Json;
}

/** Nobody comes, one decides, several do, or it depends on what they are shown. */
export type TestDecisions =
  | TestDecision
  | readonly TestDecision[]
  | 'nobody'
  | ((asked: Asked) => TestDecision | readonly TestDecision[] | 'nobody');

export interface RunOptions {
  /** Steps that are replaced, each made by `stub`. Default: none. */
  readonly stubs?: readonly Stub[];
  /** Who decides at each `approval`, by node id or the end of one. Default: nobody. */
  readonly approvals?: Readonly<Record<string, TestDecisions>>;
  /** What each `waitFor` is sent, by its name. Default: nothing. */
  readonly events?: Readonly<Record<string, JsonLike>>;
  /** What operators decide when a node is held, by node id, the first time, the second… Default: nothing, the run stays held. */
  readonly onHeld?: Readonly<Record<string, HeldDecision | readonly HeldDecision[]>>;
  /** The text of each `secret` that the pipeline uses. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface TestRunOptions extends RunOptions {
  /** The time that the run is for, ISO 8601 or a date. `sleep` and what expires moves on from there. Default: 2001-01-01, midnight UTC. */
  readonly now?: string | Date;
  /** What `previous` finds: an earlier test run, or outputs by node id. Default: there was no run before. */
  readonly previous?: PreviousRun | Readonly<Record<string, JsonLike>>;
  /** The deployed models, by name. Default: none. */
  readonly champions?: Readonly<Record<string, JsonLike>>;
  /** Shared by several runs, so that one finds what another deployed. Default: a new one. */
  readonly registry?: ModelRegistry;
  /** Default: one that all runs, datasets and samples of this process share. It is kept in memory. */
  readonly artifacts?: ArtifactStore;
  /** What `ctx.run.environment` says. Default: `dev`. */
  readonly environment?: string;
}

/** As much of an earlier run as `previous` reads. */
export interface PreviousRun {
  readonly nodes: readonly { readonly node: string; readonly output?: Json }[];
}

/** The options of a run. Params may be left out where all have defaults. */
export type WithParams<P extends z.ZodType, Options> =
  Record<never, never> extends z.input<P>
    ? [options?: Options & { readonly params?: z.input<P> }]
    : [options: Options & { readonly params: z.input<P> }];
