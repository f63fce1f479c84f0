"""The app's entry point, natively and in the browser."""

import flet as ft

from mobile.app import main

if __name__ == "__main__":
    ft.run(main)
