"""The one statement that every served picture carries: that a machine made it."""

from enum import StrEnum

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    ' Iptc4xmpExt:DigitalSourceType="{address}"/>'
    "</rdf:RDF></x:xmpmeta>"
    '<?xpacket end="r"?>'
)


class SourceType(StrEnum):
    """How a picture came to be, in the words of IPTC's "digital source type"."""

    TRAINED = "trainedAlgorithmicMedia"
    DRAWN_BY_CODE = "algorithmicMedia"


def write_mark(source: SourceType) -> bytes:
    """Return the XMP packet that says `source` and nothing else.

    It depends on the source type alone, so all pictures of one kind carry the same bytes. Source: XMP
    specification part 1 (packet), IPTC Photo Metadata Standard (DigitalSourceType).
    """
    return _PACKET.format(address=_SOURCE_TYPES + source).encode()
