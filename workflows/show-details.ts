import { setCurrentDetails, type WorkflowInterceptors } from '@temporalio/workflow';

let render: (() => string) | null = null;

/** Says how the Markdown that the Temporal UI shows is made. */
export function showDetails(make: () => string): void {
  render = make;
}

/** Temporal's own query behind the UI's view of a run. */
const METADATA_QUERY = '__temporal_workflow_metadata';

/** Renders the details when somebody looks, instead of with every change of a node. */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      async handleQuery(input, next) {
        if (render && input.queryName === METADATA_QUERY) setCurrentDetails(render());
        return next(input);
      },
    },
  ],
});
