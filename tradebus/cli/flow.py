"""flow: `tradebus flow` prints the graph of a wiring."""

import json
from dataclasses import asdict

import click


@click.command()
@click.option("--mode", default="backtest", show_default=True, help="Which wiring: backtest, dry-run, paper or live.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--dot", is_flag=True, help="Print Graphviz source.")
def flow(mode: str, as_json: bool, dot: bool) -> None:
    """Print who says what to whom, read off the services themselves."""
    from tradebus.engine.flow import graph, render, render_dot

    nodes = graph(mode)
    if as_json:
        click.echo(json.dumps({"mode": mode, "services": [asdict(node) for node in nodes]}))
    else:
        click.echo(render_dot(nodes) if dot else render(nodes))
