import type { Contract } from '../activities/data/contract/contract.js';
import type { LoadedModel } from '../activities/train/load-model.js';
import type { TrainedModelValue } from '../activities/values.js';
import type { Deployment } from '../store/index.js';
import { batchRequests } from './batch-requests.js';

/** One version of a model in memory, answering requests. Its memory is given back after the last request is done. */
export class ServedVersion {
  /** What requests must look like: the model's row contract, in which the label has no default and may be absent. */
  readonly contract: Contract;
  readonly label: string;
  private readonly batched: (rows: readonly object[]) => Promise<readonly number[]>;
  private uses = 0;
  private retired = false;
  private disposed = false;

  constructor(
    readonly deployment: Deployment,
    readonly model: TrainedModelValue,
    contract: Contract,
    private readonly loaded: LoadedModel,
  ) {
    this.label = loaded.transform.label.column;
    this.contract = withoutDefault(contract, this.label);
    this.batched = batchRequests((rows) => loaded.predict(rows));
  }

  get version(): number {
    return this.deployment.version;
  }

  /**
   * One probability for each row.
   *
   * @param rows rows that keep the contract.
   * @throws PawlError `InvalidModel` when the model gives something that is not a number.
   */
  async predict(rows: readonly object[]): Promise<readonly number[]> {
    this.uses += 1;
    try {
      return await this.batched(rows);
    } finally {
      this.uses -= 1;
      this.disposeWhenIdle();
    }
  }

  /** No new requests come from now on. */
  retire(): void {
    this.retired = true;
    this.disposeWhenIdle();
  }

  private disposeWhenIdle(): void {
    if (!this.retired || this.disposed || this.uses > 0) return;
    this.disposed = true;
    this.loaded.dispose();
  }
}

/** A default of the label would put an answer into the log that nobody gave. */
function withoutDefault(contract: Contract, label: string): Contract {
  const columns = contract.columns.map((column) =>
    column.name === label ? { ...column, default: undefined } : column,
  );
  return { ...contract, columns };
}
