"""Tests of what the measuring scripts reckon, without any server:  python3 -m unittest, in bench/."""
