"""What the server does by itself at set times: one module a job, each with its `JOB`."""
