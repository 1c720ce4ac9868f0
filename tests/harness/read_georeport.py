# Reads an endpoint as the client `georeport` reads it, and prints what it got as JSON:
# read_georeport.py ADDRESS JURISDICTION SERVICE_CODE NUMBER
import json
import sys

from georeport import GeoReport

address, jurisdiction, service_code, number = sys.argv[1:]
got = {}
for written in ("json", "xml"):
    client = GeoReport(address, jurisdiction=jurisdiction, output_format=written)
    listed = client.get_service_requests(service_request_id=number)
    got[written] = {
        "services": len(client.get_service_list()),
        "definition": client.get_service_definition(service_code)["service_code"],
        # A list of one is one to a reader of XML that knows no schema.
        "listed": (listed if isinstance(listed, dict) else listed[0])["service_request_id"],
        "one": client.get_service_request(number)["status"],
    }
print(json.dumps(got))
