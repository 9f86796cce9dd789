"""What stands in a defs.yaml is in no error: it may be a URL or a login in the wrong place."""

import contextlib
import re
import traceback

import pytest
from dagster._utils.warnings import suppress_dagster_warnings as quietly
from dagster.components.core.component_tree import ComponentTreeException
from dagster.components.testing import create_defs_folder_sandbox

from wp_pipeline.orchestration.site import WordPressSite
from wp_pipeline.orchestration.sites.component import WordPressSites

pytestmark = pytest.mark.dagster_runs


@pytest.mark.parametrize("component", [WordPressSite, WordPressSites])
@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({"endpoints": "https://s.test/posts_s3cr3t"}, "endpoints at .*Extra inputs are not"),
        ({"login": {"user": "editor", "password": "s3cr3t"}}, "login at .*Extra inputs are not"),
        ({"bucket_parameter": ["https://s.test/s3cr3t"]}, "bucket_parameter.*valid string"),
        ({"concurrency": "https://s.test/s3cr3t"}, "WP_PIPELINE_CONCURRENCY must be a valid int"),
        ({"prefix": "https://s.test/s3cr3t"}, "WP_PIPELINE_PREFIX is no key prefix"),
    ],
)
def test_a_wrong_attribute_is_named_and_its_value_is_not_shown(aws, component, attributes, found):
    kind = f"{component.__module__}.{component.__name__}"
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(create_defs_folder_sandbox())
        quietly(sandbox.scaffold_component)(
            component_cls=component,
            defs_path="site",
            defs_yaml_contents={"type": kind, "attributes": attributes},
        )
        with pytest.raises(ComponentTreeException) as error:
            quietly(stack.enter_context)(sandbox.build_all_defs())

    shown = " ".join("".join(traceback.format_exception(error.value)).split())
    assert "s3cr3t" not in shown
    assert re.search(found, shown)
