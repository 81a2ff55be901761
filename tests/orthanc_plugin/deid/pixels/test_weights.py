"""A network is run only if its file is exactly the one that was measured; otherwise the message says what to do."""

import dataclasses

import pytest

from orthanc_plugin.deid.pixels.detection import WeightsMissingError
from orthanc_plugin.deid.pixels.detection.weights import pins, place


def test_every_network_is_there_with_its_origin_and_licence():
    for pin in pins().values():
        assert place(pin).is_file()
        assert pin.origin
        assert pin.licence == "Apache-2.0"


def test_a_package_that_is_not_installed_is_named_with_the_next_step():
    pin = dataclasses.replace(pins()["detector"], package="no_such_package_of_weights")
    with pytest.raises(WeightsMissingError, match="make setup"):
        place(pin)


def test_a_file_that_is_not_in_its_package_is_named_with_the_next_step():
    pin = dataclasses.replace(pins()["detector"], file="models/other.onnx")
    with pytest.raises(WeightsMissingError, match=r"other\.onnx .*make setup"):
        place(pin)


def test_a_file_with_other_content_is_not_run():
    pin = dataclasses.replace(pins()["recogniser"], sha256="0" * 64)
    with pytest.raises(WeightsMissingError, match="is not the file"):
        place(pin)
