"""The least that a command made with click can do."""

import click


@click.command()
def hello() -> None:
    """Say hello."""
    click.echo("Hello, World!")


if __name__ == "__main__":
    hello()
