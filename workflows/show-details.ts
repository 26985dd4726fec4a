import { setCurrentDetails, type WorkflowInterceptors } from '@temporalio/workflow';

let render: (() => string) | null = null;

/** Says how the Markdown that the Temporal UI shows is made. */
export function showDetails(make: () => string): void {
  render = make;
}

/** Temporal's own query behind the UI's view of a run. */
const METADATA_QUERY = '__temporal_workflow_metadata';

/**
 * Renders the details when somebody looks, instead of with every change of a node. Temporal's own queries pass by the
 * interceptors of queries, so this looks at what the workflow is activated for.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        const isLookedAt = (input.activation.jobs ?? []).some((job) => job.queryWorkflow?.queryType === METADATA_QUERY);
        if (render && isLookedAt) setCurrentDetails(render());
        return next(input);
      },
    },
  ],
});
